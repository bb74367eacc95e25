// Queries and addresses in the ways of older packages: querystring, qs, and Node's url.parse and url.format.
'use strict';
(() => {
    const { hex, percentDecode } = jackfield.addresses;

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
    Object.assign(jackfield.addresses, { qs, strict, pairsOf, escapeOld, querystring });
})();
