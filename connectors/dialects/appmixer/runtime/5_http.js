// One request through the program outside, the redirects that Node's libraries follow, and multipart bodies.
'use strict';
jackfield.library('jackfield/http', session => {
    const REDIRECTS = new Set([301, 302, 303, 307, 308]);

    // Headers that keep the spelling they were given and are found in any.
    class HeaderList {
        constructor(...sources) {
            this.lines = new Map();
            for (const source of sources) {
                const pairs = typeof source?.forEach === 'function' && typeof source.get === 'function'
                    ? [...source] : Object.entries(source ?? {});
                for (const [name, value] of pairs) this.set(name, value);
            }
        }

        set(name, value, onlyIfAbsent = false) {
            const key = name.toLowerCase();
            if (onlyIfAbsent && this.lines.has(key)) return;
            if (value === undefined || value === null || value === false) this.lines.delete(key);
            else this.lines.set(key, [name, value]);
        }

        get(name) { return this.lines.get(name.toLowerCase())?.[1]; }

        delete(name) { this.lines.delete(name.toLowerCase()); }

        get pairs() {
            return [...this.lines.values()].flatMap(([name, value]) => [value].flat().map(v => [name, String(v)]));
        }
    }

    async function once({ method, url, headers, body, timeout }) {
        const detail = { method, url, headers: headers.pairs, body: body ? body.toString('base64') : null, timeout };
        const got = await session.ask('request', detail);
        return { ...got, body: Buffer.from(got.body, 'base64'), url };
    }

    // What follow-redirects and request do: credentials stay behind when the host changes.
    async function send(wanted, { most = 5, allMethods = true } = {}) {
        let { method, url, headers, body } = wanted;
        headers = new HeaderList(Object.fromEntries(headers.pairs));
        for (let hops = 0; ; hops += 1) {
            const got = await once({ method, url, headers, body, timeout: wanted.timeout });
            const location = got.headers.find(([name]) => name === 'location')?.[1];
            if (!REDIRECTS.has(got.status) || !location || most === 0) return got;
            if (!allMethods && !['GET', 'HEAD', 'OPTIONS'].includes(method)) return got;
            if (hops >= most) {
                throw Object.assign(new Error('Maximum number of redirects exceeded'), { code: 'ERR_FR_TOO_MANY_REDIRECTS' });
            }
            const next = new URL(location, url);
            if (next.host !== new URL(url).host) {
                for (const name of ['authorization', 'cookie', 'proxy-authorization']) headers.delete(name);
            }
            if ((got.status === 303 && method !== 'HEAD') || (got.status < 303 && method === 'POST')) {
                method = 'GET';
                body = null;
                for (const name of ['content-type', 'content-length']) headers.delete(name);
            }
            next.hash = '';
            url = next.href;
        }
    }

    // The user name in an address becomes Basic authentication, as in Node; addresses go out without it.
    function addressed(text) {
        const url = new URL(text);
        const decode = part => { try { return decodeURIComponent(part); } catch { return part; } };
        const user = url.username || url.password ? `${decode(url.username)}:${decode(url.password)}` : null;
        url.username = url.password = url.hash = '';
        return { url, user };
    }

    class FormData {
        constructor() {
            this.fields = [];
            this.boundary = `--------------------------${session.use('crypto').randomBytes(12).toString('hex')}`;
        }

        append(name, value, options = {}) {
            this.fields.push([name, value, typeof options === 'string' ? { filename: options } : options]);
        }

        getHeaders(more = {}) {
            return { 'content-type': `multipart/form-data; boundary=${this.boundary}`, ...more };
        }

        getBoundary() { return this.boundary; }

        getBuffer() {
            const parts = this.fields.flatMap(([name, value, { filename, contentType }]) => {
                const file = filename ? `; filename="${filename}"` : '';
                const type = contentType || file ? `Content-Type: ${contentType ?? 'application/octet-stream'}\r\n` : '';
                const head = `--${this.boundary}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n${type}\r\n`;
                return [Buffer.from(head), typeof value === 'string' ? Buffer.from(value) : Buffer.isBuffer(value) ? value : Buffer.from(String(value)), Buffer.from('\r\n')];
            });
            return Buffer.concat([...parts, Buffer.from(`--${this.boundary}--\r\n`)]);
        }
    }

    const lower = pairs => {
        const out = {};
        for (const [name, value] of pairs) {
            if (name === 'set-cookie') (out[name] ??= []).push(value);
            else out[name] = name in out ? `${out[name]}, ${value}` : value;
        }
        return out;
    };
    const basic = user => `Basic ${Buffer.from(user).toString('base64')}`;
    return { HeaderList, FormData, send, addressed, lower, basic };
});
jackfield.library('form-data', session => session.use('jackfield/http').FormData);

jackfield.library('jackfield/scope', session => {
    const setTimeout = (work, ms = 0, ...args) => {
        const handle = { ref: () => handle, unref: () => handle, hasRef: () => true };
        session.timers.add(handle);
        session.ask('pause', { ms: Math.max(0, Number(ms) || 0) }).then(() => {
            if (session.timers.delete(handle) && typeof work === 'function') work(...args);
        });
        return handle;
    };
    const clearTimeout = handle => { session.timers.delete(handle); };
    const setInterval = (work, ms, ...args) => {
        const handle = {};
        session.timers.add(handle);
        const again = () => setTimeout(() => {
            if (!session.timers.has(handle)) return;
            work(...args);
            again();
        }, ms);
        again();
        return handle;
    };
    const quiet = () => {};
    const console = { log: quiet, info: quiet, warn: quiet, error: quiet, debug: quiet, trace: quiet, dir: quiet };
    const fetch = (...args) => session.use('node-fetch')(...args);
    return {
        setTimeout, clearTimeout, setInterval, setImmediate: (work, ...args) => setTimeout(work, 0, ...args),
        fetch, console, crypto: session.use('crypto')
    };
});
jackfield.library(['timers', 'timers/promises'], session => ({
    ...session.scope, setTimeout: (ms, value) => session.ask('pause', { ms }).then(() => value)
}));

jackfield.library(['node-fetch', 'cross-fetch', 'isomorphic-fetch'], session => {
    const { HeaderList, FormData, send, addressed, basic } = session.use('jackfield/http');
    class Headers extends HeaderList {
        get(name) { return super.get(name) ?? null; }

        has(name) { return super.get(name) !== undefined; }

        raw() { return Object.fromEntries(this.pairs.map(([n, v]) => [n, [v]])); }

        entries() { return this.pairs[Symbol.iterator](); }

        [Symbol.iterator]() { return this.entries(); }

        forEach(work) { for (const [n, v] of this.pairs) work(v, n, this); }
    }
    async function fetch(target, options = {}) {
        const { url, user } = addressed(String(target.url ?? target));
        const headers = new HeaderList(options.headers);
        let body = options.body ?? null;
        if (body instanceof URLSearchParams) headers.set('Content-Type', 'application/x-www-form-urlencoded;charset=UTF-8', true);
        else if (body instanceof FormData) headers.set('Content-Type', body.getHeaders()['content-type'], true);
        else if (typeof body === 'string') headers.set('Content-Type', 'text/plain;charset=UTF-8', true);
        if (body !== null) body = body instanceof FormData ? body.getBuffer() : Buffer.isBuffer(body) ? body : Buffer.from(String(body));
        if (user) headers.set('Authorization', basic(user), true);
        headers.set('Accept', '*/*', true);
        const method = (options.method ?? 'GET').toUpperCase();
        const most = options.redirect === 'manual' ? 0 : 20;
        const got = await send({ method, url: url.href, headers, body }, { most });
        return {
            ok: got.status >= 200 && got.status < 300, status: got.status, statusText: got.statusText, url: got.url,
            headers: new Headers(Object.fromEntries(got.headers)), answer: got.answer,
            text: async () => got.body.toString(), json: async () => JSON.parse(got.body.toString()),
            buffer: async () => got.body, arrayBuffer: async () => Uint8Array.from(got.body).buffer
        };
    }
    globalThis.Headers = Headers;
    globalThis.FormData = FormData;
    return Object.assign(fetch, { default: fetch, fetch, Headers });
});
