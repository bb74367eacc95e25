// axios: the call and its short forms, and what it puts on the wire. `request`'s names for the same things
// (uri, qs, form, auth.user) are understood too, because modules mix them.
'use strict';
jackfield.library('axios', session => {
    const { HeaderList, FormData, send, addressed, lower, basic } = session.use('jackfield/http');
    const { pairsOf } = jackfield.addresses;
    const METHODS = ['get', 'delete', 'head', 'options', 'post', 'put', 'patch'];

    class AxiosError extends Error {
        constructor(message, code, config, request, response) {
            super(message);
            this.name = 'AxiosError';
            Object.assign(this, { code, config, request });
            if (response) Object.assign(this, { response, status: response.status });
        }

        get isAxiosError() { return true; }

        toJSON() {
            return { message: this.message, name: this.name, code: this.code, status: this.response?.status ?? null };
        }
    }

    const loosely = text => encodeURIComponent(text).replace(/%3A/gi, ':').replace(/%24/g, '$')
        .replace(/%2C/gi, ',').replace(/%20/g, '+');
    const withoutNulls = value => {
        if (Array.isArray(value)) return value.filter(v => v !== null && v !== undefined).map(withoutNulls);
        if (!value || typeof value !== 'object' || value instanceof Date || Buffer.isBuffer(value)) return value;
        return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== null && v !== undefined)
            .map(([k, v]) => [k, withoutNulls(v)]));
    };
    // A list of plain values is name[]=…, one of objects name[0][key]=…
    const listName = value => (name, i) => (value.some(v => v && typeof v === 'object') ? `${name}[${i}]` : `${name}[]`);
    const flat = data => Object.entries(withoutNulls(data)).flatMap(([name, value]) =>
        pairsOf(value, name, Array.isArray(value) ? listName(value) : (n, i) => `${n}[${i}]`));

    function query(params, serializer) {
        if (typeof serializer === 'function') return serializer(params);
        if (typeof serializer?.serialize === 'function') return serializer.serialize(params, serializer);
        if (params instanceof URLSearchParams) return params.toString();
        const encode = serializer?.encode ?? loosely;
        const indexes = serializer && 'indexes' in serializer ? serializer.indexes : false;
        const lists = { true: (n, i) => `${n}[${i}]`, null: n => n };
        const pairs = indexes === false ? flat(params) : pairsOf(withoutNulls(params), '', lists[String(indexes)]);
        return pairs.map(([n, v]) => `${encode(n)}=${encode(v)}`).join('&');
    }

    function withQuery(url, params, serializer) {
        const text = params ? query(params, serializer) : '';
        if (!text) return url;
        const bare = url.split('#')[0];
        return bare + (bare.includes('?') ? '&' : '?') + text;
    }

    function encoded(config, headers) {
        let data = config.data;
        if (data === undefined) {
            if (config.body !== undefined) data = config.body;
            else if (config.form !== undefined) {
                data = config.form;
                headers.set('Content-Type', 'application/x-www-form-urlencoded', true);
            } else if (config.json && typeof config.json === 'object') data = config.json;
        }
        for (const transform of [config.transformRequest ?? []].flat()) data = transform(data, headers);
        const type = String(headers.get('content-type') ?? '');
        if (data instanceof FormData) {
            headers.set('Content-Type', data.getHeaders()['content-type'], true);
            return data.getBuffer();
        }
        if (Buffer.isBuffer(data) || data instanceof Uint8Array) return Buffer.from(data);
        if (data instanceof URLSearchParams) {
            headers.set('Content-Type', 'application/x-www-form-urlencoded;charset=utf-8', true);
            return Buffer.from(data.toString());
        }
        const isObject = data !== null && typeof data === 'object';
        if (isObject && type.includes('application/x-www-form-urlencoded')) {
            return Buffer.from(new URLSearchParams(flat(data)).toString());
        }
        if (isObject && type.includes('multipart/form-data')) {
            const form = new FormData();
            for (const [name, value] of flat(data)) form.append(name, value);
            headers.set('Content-Type', form.getHeaders()['content-type']);
            return form.getBuffer();
        }
        if (isObject || type.includes('application/json')) {
            headers.set('Content-Type', 'application/json', true);
            if (data === undefined) return null;
            if (typeof data === 'string') {
                try {
                    JSON.parse(data);
                    return Buffer.from(data.trim());
                } catch {
                    return Buffer.from(JSON.stringify(data));
                }
            }
            return Buffer.from(JSON.stringify(data));
        }
        return data === undefined || data === null ? null : Buffer.from(String(data));
    }

    function read(config, got) {
        if (config.responseType === 'arraybuffer') return got.body;
        let data = got.body.toString(config.responseEncoding ?? 'utf8').replace(/^\ufeff/, '');
        if (data && (!config.responseType || config.responseType === 'json')) {
            try {
                data = JSON.parse(data);
            } catch {
                // A body that is no JSON stays text, as in axios.
            }
        }
        for (const transform of [config.transformResponse ?? []].flat()) data = transform(data, got.headers);
        return data;
    }

    const merged = (a = {}, b = {}) => ({
        ...a, ...b, headers: new HeaderList(a.headers, b.headers).lines.size
            ? Object.fromEntries(new HeaderList(a.headers, b.headers).lines.values()) : {},
        params: b.params instanceof URLSearchParams || !a.params ? b.params ?? a.params : { ...a.params, ...b.params }
    });

    async function dispatch(config) {
        const method = String(config.method ?? 'get').toUpperCase();
        const common = { ...config.headers?.common, ...config.headers?.[method.toLowerCase()] };
        const own = { ...config.headers };
        for (const name of ['common', ...METHODS]) delete own[name];
        const headers = new HeaderList({ Accept: 'application/json, text/plain, */*' }, common, own);
        let target = String(config.url ?? config.uri ?? '');
        if (config.baseURL && !/^([a-z][a-z\d+\-.]*:)?\/\//i.test(target)) {
            target = target ? `${config.baseURL.replace(/\/?\/$/, '')}/${target.replace(/^\/+/, '')}` : config.baseURL;
        }
        const body = encoded(config, headers);
        if (['POST', 'PUT', 'PATCH'].includes(method)) headers.set('Content-Type', 'application/x-www-form-urlencoded', true);
        let { url, user } = addressed(target);
        const login = config.auth;
        if (login?.bearer !== undefined) headers.set('Authorization', `Bearer ${login.bearer}`);
        else if (login) user = `${login.username ?? login.user ?? ''}:${login.password ?? login.pass ?? ''}`;
        if (user) headers.set('Authorization', basic(user));
        url = withQuery(url.href, config.params ?? config.qs, config.paramsSerializer);
        const most = config.maxRedirects ?? 5;
        let got;
        try {
            got = await send({ method, url, headers, body, timeout: config.timeout }, { most });
        } catch (error) {
            const wrapped = new AxiosError(error.message, error.code, config, {});
            throw Object.assign(wrapped, { cause: error, failure: error.failure });
        }
        const response = {
            data: read(config, got), status: got.status, statusText: got.statusText, headers: lower(got.headers),
            config, request: { method, path: url, res: { responseUrl: got.url } }
        };
        Object.defineProperty(response, 'answer', { value: got.answer });
        Object.defineProperty(response.headers, 'get', { value: name => response.headers[name.toLowerCase()] });
        const good = config.validateStatus === undefined ? s => s >= 200 && s < 300 : config.validateStatus;
        if (good && !good(got.status)) {
            const code = got.status < 500 ? 'ERR_BAD_REQUEST' : 'ERR_BAD_RESPONSE';
            const said = `Request failed with status code ${got.status}`;
            throw new AxiosError(said, code, config, response.request, response);
        }
        return response;
    }

    function create(defaults = {}) {
        const chain = { request: [], response: [] };
        const uses = list => ({ use: (good, bad) => list.push([good, bad]), eject: i => { list[i - 1] = []; }, clear() { list.length = 0; } });
        const request = (first, second) => {
            const given = typeof first === 'string' ? { ...second, url: first } : first instanceof URL ? { ...second, url: first.href } : first;
            let going = Promise.resolve(merged(call.defaults, given));
            for (const [good, bad] of [...chain.request].reverse()) going = going.then(good, bad);
            going = going.then(dispatch);
            for (const [good, bad] of chain.response) going = going.then(good, bad);
            return going;
        };
        const call = (...args) => request(...args);
        const groups = Object.fromEntries(['common', ...METHODS].map(name => [name, {}]));
        call.defaults = { ...defaults, headers: { ...groups, ...defaults.headers } };
        call.request = request;
        call.interceptors = { request: uses(chain.request), response: uses(chain.response) };
        for (const method of METHODS) {
            call[method] = ['get', 'delete', 'head', 'options'].includes(method)
                ? (url, config) => request({ ...config, method, url: url ?? config?.url })
                : (url, data, config) => request({ ...config, method, url: url ?? config?.url, data });
        }
        for (const method of ['post', 'put', 'patch']) {
            call[`${method}Form`] = (url, data, config) => call[method](url, data, {
                ...config, headers: { ...config?.headers, 'Content-Type': 'multipart/form-data' }
            });
        }
        call.create = more => create(merged(call.defaults, more));
        call.getUri = config => withQuery((config.baseURL ?? '') + (config.url ?? ''), config.params, config.paramsSerializer);
        return Object.assign(call, {
            AxiosError, Axios: call, all: list => Promise.all(list), spread: work => list => work(...list),
            isAxiosError: error => Boolean(error?.isAxiosError), isCancel: () => false
        });
    }
    const axios = create();
    axios.default = axios.axios = axios;
    return axios;
});
