// Addresses: URL and URLSearchParams for the schemes of the web, querystring, qs and Node's older url.parse.
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

    // encodeURIComponent plus !'()* : what the qs package and `request` put on the wire.
    const strict = text => encodeURIComponent(text).replace(/[!'()*]/g, c => hex(c.charCodeAt(0)));

    const querystring = {
        escape: text => encodeURIComponent(text),
        unescape: text => percentDecode(String(text)),
        stringify(data, separator = '&', equals = '=', options) {
            const escape = options?.encodeURIComponent ?? querystring.escape;
            const text = v => (['string', 'number', 'boolean', 'bigint'].includes(typeof v) ? escape(String(v)) : '');
            return Object.entries(data ?? {}).flatMap(([name, value]) =>
                (Array.isArray(value) ? value : [value]).map(v => escape(name) + equals + text(v))).join(separator);
        },
        parse(text, separator = '&', equals = '=') {
            const out = {};
            for (const part of String(text ?? '').split(separator).filter(Boolean)) {
                const [name, ...rest] = part.replace(/\+/g, ' ').split(equals);
                const key = percentDecode(name);
                const value = percentDecode(rest.join(equals));
                out[key] = key in out ? [out[key]].flat().concat(value) : value;
            }
            return out;
        }
    };
    querystring.encode = querystring.stringify;
    querystring.decode = querystring.parse;
    jackfield.library('querystring', () => querystring);

    // Pairs of a nested value: a[b]=c, and for lists what `list` makes of the name and the index.
    function pairsOf(value, name, list) {
        if (value === undefined) return [];
        if (value === null) return [[name, '']];
        if (value instanceof Date) return [[name, value.toISOString()]];
        if (Buffer.isBuffer(value)) return [[name, value.toString()]];
        if (typeof value !== 'object') return [[name, String(value)]];
        const items = Array.isArray(value) ? value.map((v, i) => [list(name, i), v])
            : Object.entries(value).map(([k, v]) => [name ? `${name}[${k}]` : k, v]);
        return items.flatMap(([k, v]) => pairsOf(v, k, list));
    }
    const LISTS = {
        indices: (name, i) => `${name}[${i}]`, brackets: name => `${name}[]`, repeat: name => name
    };
    const qs = {
        stringify(data, options = {}) {
            const list = LISTS[options.arrayFormat ?? (options.indices === false ? 'repeat' : 'indices')] ?? LISTS.indices;
            const names = options.encodeValuesOnly ? n => n : strict;
            const values = options.encode === false ? v => v : strict;
            let pairs = pairsOf(data ?? {}, '', list);
            if (options.skipNulls) pairs = pairs.filter(([n]) => data[n] !== null);
            const text = pairs.map(([n, v]) => `${options.encode === false ? n : names(n)}=${values(v)}`).join('&');
            const plus = options.format === 'RFC1738' ? text.replace(/%20/g, '+') : text;
            return (options.addQueryPrefix && plus ? '?' : '') + plus;
        },
        parse: (text, options = {}) => querystring.parse(options.ignoreQueryPrefix ? text.replace(/^\?/, '') : text)
    };
    jackfield.library('qs', () => qs);
    jackfield.library('query-string', () => ({
        ...qs, stringify: data => Object.keys(data).sort().filter(k => data[k] !== undefined)
            .flatMap(k => [data[k]].flat().map(v => (v === null ? strict(k) : `${strict(k)}=${strict(v)}`))).join('&')
    }));

    const escapeOld = url => url.replace(/[{}|\\^`<>" \r\n\t']/g, c => hex(c.charCodeAt(0)));
    const old = {
        URL, URLSearchParams,
        parse(text, query = false) {
            const [, protocol = null, rest] = /^([a-z][a-z0-9+.-]*:)?([^]*)$/i.exec(escapeOld(String(text).trim()));
            const [, place, auth, host, pathname, search, hash] =
                /^(\/\/(?:([^/?#]*)@)?([^/?#]*))?([^?#]*)(\?[^#]*)?(#[^]*)?$/.exec(rest);
            const [, hostname, port = null] = /^([^:]*)(?::(\d+))?$/.exec(host ?? '') ?? [null, host];
            const path = pathname || (place ? '/' : null);
            const out = {
                protocol, slashes: Boolean(place), auth: auth ? percentDecode(auth) : null, host: host ?? null,
                port, hostname: hostname || null, hash: hash ?? null, search: search ?? null,
                query: query ? querystring.parse((search ?? '').slice(1)) : search?.slice(1) ?? null,
                pathname: path, path: path || search ? `${path ?? ''}${search ?? ''}` : null
            };
            return { ...out, href: old.format(out) };
        },
        format(parts) {
            if (typeof parts === 'string' || parts instanceof URL) return String(parts);
            const protocol = parts.protocol ? parts.protocol.replace(/:?$/, ':') : '';
            const host = parts.host ?? (parts.hostname ? parts.hostname + (parts.port ? `:${parts.port}` : '') : '');
            const query = parts.query && typeof parts.query === 'object' ? querystring.stringify(parts.query) : parts.query;
            const search = parts.search ? parts.search.replace(/^\??/, '?') : query ? `?${query}` : '';
            const auth = parts.auth ? `${encodeURIComponent(parts.auth).replace(/%3A/i, ':')}@` : '';
            const path = (parts.pathname ?? '').replace(/[?#]/g, encodeURIComponent);
            const place = host ? `//${auth}${host}` : '';
            return `${protocol}${place}${place && path && !path.startsWith('/') ? '/' : ''}${path}`
                + search.replace(/#/g, '%23') + (parts.hash ? parts.hash.replace(/^#?/, '#') : '');
        },
        resolve: (from, to) => new URL(to, from).href,
        fileURLToPath: url => new URL(url).pathname
    };
    jackfield.library('url', () => old);
    jackfield.addresses = { qs, strict, pairsOf, escapeOld, querystring };
})();
