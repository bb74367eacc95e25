// Addresses as the URL standard has them: URL and URLSearchParams, for the schemes of the web.
'use strict';
(() => {
    const PORTS = { 'http:': '80', 'https:': '443', 'ws:': '80', 'wss:': '443', 'ftp:': '21' };
    const hex = byte => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    const encodeWith = set => text => Array.from(Buffer.from(text), b =>
        b <= 0x1f || b > 0x7e || set.includes(String.fromCharCode(b)) ? hex(b) : String.fromCharCode(b)).join('');
    const inFragment = encodeWith(' "<>`');
    const inQuery = encodeWith(' "#<>\'');
    const inPath = encodeWith(' "#<>?`{}');
    const inUser = encodeWith(' "#<>?`{}/:;=@[\\]^|');
    const formEncode = text => Array.from(Buffer.from(String(text)), b =>
        b === 32 ? '+' : /[A-Za-z0-9*\-._]/.test(String.fromCharCode(b)) ? String.fromCharCode(b) : hex(b)).join('');

    function percentDecode(text) {
        const bytes = [];
        for (let i = 0; i < text.length; i += 1) {
            const pair = text.slice(i + 1, i + 3);
            if (text[i] === '%' && /^[0-9a-f]{2}$/i.test(pair)) {
                bytes.push(parseInt(pair, 16));
                i += 2;
            } else {
                const char = String.fromCodePoint(text.codePointAt(i));
                bytes.push(...Buffer.from(char));
                i += char.length - 1;
            }
        }
        return Buffer.from(bytes).toString();
    }

    class URLSearchParams {
        #pairs = [];
        #changed = () => {};

        constructor(init = '', changed) {
            if (changed) this.#changed = changed;
            if (init && typeof init === 'object') {
                const pairs = typeof init[Symbol.iterator] === 'function' ? [...init] : Object.entries(init);
                this.#pairs = pairs.map(([name, value]) => [String(name), String(value)]);
            } else this.#read(String(init));
        }

        #read(text) {
            this.#pairs = text.replace(/^\?/, '').split('&').filter(Boolean).map(part => {
                const [name, ...rest] = part.replace(/\+/g, ' ').split('=');
                return [percentDecode(name), percentDecode(rest.join('='))];
            });
        }

        append(name, value) { this.#pairs.push([String(name), String(value)]); this.#changed(); }

        delete(name) { this.#pairs = this.#pairs.filter(([n]) => n !== String(name)); this.#changed(); }

        set(name, value) {
            const at = this.#pairs.findIndex(([n]) => n === String(name));
            if (at < 0) this.append(name, value);
            else {
                this.#pairs[at][1] = String(value);
                this.#pairs = this.#pairs.filter(([n], i) => i <= at || n !== String(name));
                this.#changed();
            }
        }

        get(name) { return this.#pairs.find(([n]) => n === String(name))?.[1] ?? null; }

        getAll(name) { return this.#pairs.filter(([n]) => n === String(name)).map(([, v]) => v); }

        has(name) { return this.#pairs.some(([n]) => n === String(name)); }

        sort() { this.#pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)); this.#changed(); }

        forEach(work, self) { for (const [n, v] of this.#pairs) work.call(self, v, n, this); }

        keys() { return this.#pairs.map(([n]) => n)[Symbol.iterator](); }

        values() { return this.#pairs.map(([, v]) => v)[Symbol.iterator](); }

        entries() { return this.#pairs.map(pair => [...pair])[Symbol.iterator](); }

        [Symbol.iterator]() { return this.entries(); }

        get size() { return this.#pairs.length; }

        toString() { return this.#pairs.map(([n, v]) => `${formEncode(n)}=${formEncode(v)}`).join('&'); }
    }

    function withoutDots(path) {
        const out = [];
        const parts = path.split('/').slice(1);
        parts.forEach((part, i) => {
            const plain = part.replace(/%2e/gi, '.');
            const last = i === parts.length - 1;
            if (plain === '..') out.pop();
            if (plain !== '..' && plain !== '.') out.push(part);
            else if (last) out.push('');
        });
        return `/${out.join('/')}`;
    }

    class URL {
        #parts;
        #search;

        constructor(url, base) {
            this.#set(String(url), base === undefined ? null : new URL(String(base)));
        }

        #set(given, base) {
            let text = given.trim().replace(/[\t\r\n]/g, '');
            const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1].toLowerCase();
            const invalid = () => Object.assign(new TypeError('Invalid URL'), { code: 'ERR_INVALID_URL', input: given });
            if (!scheme && !base) throw invalid();
            const [, beforeHash, hash] = /^([^#]*)(?:#([^]*))?$/.exec(text);
            const protocol = scheme ? `${scheme}:` : base.protocol;
            const special = protocol in PORTS;
            text = scheme ? beforeHash.slice(scheme.length + 1) : beforeHash;
            const [, beforeQuery, query] = /^([^?]*)(?:\?([^]*))?$/.exec(text);
            let rest = special ? beforeQuery.replace(/\\/g, '/') : beforeQuery;
            const parts = { protocol, username: '', password: '', hostname: '', port: '', pathname: '', opaque: false };
            if (special && scheme && !(base && base.protocol === protocol)) rest = rest.replace(/^\/*/, '//');
            if (rest.startsWith('//')) {
                const [, authority, path] = /^\/\/([^/]*)([^]*)$/.exec(rest);
                const at = authority.lastIndexOf('@');
                const [user, ...secret] = at < 0 ? [''] : authority.slice(0, at).split(':');
                const place = /^(\[[0-9a-f:.]+\]|[^:]*)(?::(\d*))?$/i.exec(authority.slice(at + 1));
                if (!place || (special && !place[1]) || Number(place[2] ?? 0) > 65535) throw invalid();
                parts.hostname = percentDecode(place[1]).toLowerCase();
                if (special && /[\s#%/:<>?@\\^|]/.test(parts.hostname.replace(/^\[.*\]$/, ''))) throw invalid();
                parts.port = place[2] && place[2] !== PORTS[protocol] ? String(Number(place[2])) : '';
                parts.username = inUser(user);
                parts.password = inUser(secret.join(':'));
                rest = path;
            } else if (!scheme || (special && base && base.protocol === protocol)) {
                Object.assign(parts, {
                    username: base.username, password: base.password, hostname: base.hostname, port: base.port
                });
                if (!rest) {
                    rest = base.pathname;
                    parts.search = query === undefined ? base.search : undefined;
                } else if (!rest.startsWith('/')) rest = base.pathname.replace(/[^/]*$/, '') + rest;
            } else parts.opaque = !rest.startsWith('/');
            parts.pathname = parts.opaque ? rest : withoutDots(inPath(rest || '/'));
            parts.search ??= query ? `?${inQuery(query)}` : '';
            parts.hash = hash ? `#${inFragment(hash)}` : '';
            this.#parts = parts;
            this.#search = null;
        }

        get href() {
            const p = this.#parts;
            const user = p.username || p.password ? `${p.username}${p.password ? `:${p.password}` : ''}@` : '';
            const place = p.hostname ? `//${user}${this.host}` : '';
            return `${p.protocol}${place}${p.pathname}${p.search}${p.hash}`;
        }

        set href(value) { this.#set(String(value), null); }

        get origin() { return this.#parts.hostname ? `${this.protocol}//${this.host}` : 'null'; }

        get host() { return this.hostname + (this.port ? `:${this.port}` : ''); }

        set host(value) { [this.hostname, this.port = ''] = String(value).split(':'); }

        get protocol() { return this.#parts.protocol; }

        set protocol(value) { this.#parts.protocol = `${String(value).replace(/:.*$/, '').toLowerCase()}:`; }

        get hostname() { return this.#parts.hostname; }

        set hostname(value) { this.#parts.hostname = String(value).toLowerCase(); }

        get port() { return this.#parts.port; }

        set port(value) { this.#parts.port = String(value) === PORTS[this.protocol] ? '' : String(value); }

        get username() { return this.#parts.username; }

        set username(value) { this.#parts.username = inUser(String(value)); }

        get password() { return this.#parts.password; }

        set password(value) { this.#parts.password = inUser(String(value)); }

        get pathname() { return this.#parts.pathname; }

        set pathname(value) { this.#parts.pathname = withoutDots(inPath(String(value).replace(/^\/?/, '/'))); }

        get search() { return this.#parts.search; }

        set search(value) {
            const text = String(value).replace(/^\?/, '');
            this.#parts.search = text ? `?${inQuery(text)}` : '';
            this.#search = null;
        }

        get hash() { return this.#parts.hash; }

        set hash(value) {
            const text = String(value).replace(/^#/, '');
            this.#parts.hash = text ? `#${inFragment(text)}` : '';
        }

        get searchParams() {
            this.#search ??= new URLSearchParams(this.search, () => {
                const text = this.#search.toString();
                this.#parts.search = text ? `?${text}` : '';
            });
            return this.#search;
        }

        toString() { return this.href; }

        toJSON() { return this.href; }

        static canParse(url, base) {
            try {
                return Boolean(new URL(url, base));
            } catch {
                return false;
            }
        }
    }
    Object.assign(globalThis, { URL, URLSearchParams });
    jackfield.addresses = { hex, percentDecode };
})();
