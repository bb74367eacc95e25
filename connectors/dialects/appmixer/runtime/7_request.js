// `request` and `request-promise`: options to wire, the body as the result, and their errors.
'use strict';
jackfield.library('jackfield/request', session => {
    const { HeaderList, FormData, send, addressed, lower, basic } = session.use('jackfield/http');
    const { qs, querystring, strict, escapeOld } = jackfield.addresses;
    const rfc3986 = text => text.replace(/[!'()*]/g, strict);
    const listOf = options => ({ arrayFormat: 'indices', ...options.qsStringifyOptions });
    const form = options => data => (options.useQuerystring ? querystring.stringify(data) : qs.stringify(data, listOf(options)));

    class StatusCodeError extends Error {
        constructor(statusCode, body, options, response) {
            super(`${statusCode} - ${JSON.stringify(body)}`);
            this.name = 'StatusCodeError';
            Object.assign(this, { statusCode, error: body, options, response });
        }
    }
    class RequestError extends Error {
        constructor(cause, options) {
            super(String(cause));
            this.name = 'RequestError';
            Object.assign(this, { cause, error: cause, options, failure: cause.failure });
        }
    }

    function address(options) {
        const given = options.uri ?? options.url;
        if (given === undefined) throw new Error('options.uri is a required argument');
        let text = typeof given === 'string' ? given : given.href ?? session.use('url').format(given);
        if (options.baseUrl) text = `${options.baseUrl.replace(/\/$/, '')}/${text.replace(/^\//, '')}`;
        const { url, user } = addressed(escapeOld(text));
        if (options.qs) {
            const merged = { ...querystring.parse(url.search.slice(1)), ...options.qs };
            const query = form(options)(merged);
            return { url: query ? url.href.split('?')[0] + `?${query}` : url.href, user };
        }
        return { url: url.href, user };
    }

    function bodyOf(options, headers) {
        let body = options.body;
        if (options.form) {
            if (!/^application\/x-www-form-urlencoded\b/.test(headers.get('content-type') ?? '')) {
                headers.set('content-type', 'application/x-www-form-urlencoded');
            }
            body = typeof options.form === 'string' ? rfc3986(options.form) : form(options)(options.form);
        }
        if (options.formData) {
            const data = new FormData();
            for (const [name, value] of Object.entries(options.formData)) {
                for (const one of [value].flat()) {
                    if (one && typeof one === 'object' && 'value' in one) data.append(name, one.value, one.options);
                    else data.append(name, one);
                }
            }
            headers.set('content-type', data.getHeaders()['content-type'], true);
            return data.getBuffer();
        }
        if (options.json) {
            headers.set('accept', 'application/json', true);
            if (options.json !== true) body = JSON.stringify(options.json);
            else if (body !== undefined) {
                const isForm = /^application\/x-www-form-urlencoded\b/.test(headers.get('content-type') ?? '');
                body = isForm ? rfc3986(String(body)) : JSON.stringify(body);
            }
            if (body !== undefined) headers.set('content-type', 'application/json', true);
        }
        if (body === undefined || body === null) return null;
        if (Array.isArray(body)) return Buffer.concat(body.map(part => Buffer.from(part)));
        if (typeof body !== 'string' && !Buffer.isBuffer(body)) throw new Error('Argument error, options.body.');
        return Buffer.from(body);
    }

    function authorize(auth, user, headers) {
        if (auth?.bearer !== undefined) {
            const token = typeof auth.bearer === 'function' ? auth.bearer() : auth.bearer;
            headers.set('authorization', `Bearer ${token || ''}`);
        } else if (auth) {
            headers.set('authorization', basic(`${auth.user ?? auth.username}:${auth.pass ?? auth.password ?? ''}`));
        } else if (user && !headers.get('authorization')) headers.set('authorization', basic(user));
    }

    // OAuth 1 as the `oauth` option (RFC 5849 3): the query and a form body are signed too.
    function signed(options, method, url, body, headers) {
        const { consumer_secret: secret, token_secret: tokenSecret, realm, ...given } = options.oauth;
        const own = Object.fromEntries(Object.entries(given).map(([name, value]) => [`oauth_${name}`, value]));
        own.oauth_version ??= '1.0';
        own.oauth_timestamp ??= String(Math.floor(Date.now() / 1000));
        own.oauth_nonce ??= session.use('crypto').randomUUID().replace(/-/g, '');
        own.oauth_signature_method ??= 'HMAC-SHA1';
        const isForm = /^application\/x-www-form-urlencoded/.test(headers.get('content-type') ?? '');
        const form = isForm && body ? [...new URLSearchParams(body.toString())] : [];
        const pairs = [...Object.entries(own), ...new URL(url).searchParams, ...form];
        const signature = jackfield.oauth1.signature(own.oauth_signature_method, method, url, pairs, secret, tokenSecret);
        const all = [...(realm ? [['realm', realm]] : []), ...Object.entries(own).sort(), ['oauth_signature', signature]];
        headers.set('authorization', `OAuth ${all.map(([name, value]) => `${name}="${strict(value)}"`).join(',')}`);
    }

    // Cookies of one session, by host.
    class Jar {
        #hosts = {};

        setCookie(line, url) {
            const [name, ...value] = String(line).split(';')[0].split('=');
            (this.#hosts[new URL(url).host] ??= {})[name.trim()] = value.join('=');
        }

        getCookieString(url) {
            return Object.entries(this.#hosts[new URL(url).host] ?? {}).map(pair => pair.join('=')).join('; ');
        }

        getCookies(url) {
            return Object.entries(this.#hosts[new URL(url).host] ?? {}).map(([key, value]) => ({ key, value }));
        }
    }
    const shared = new Jar();

    function read(options, got) {
        if (options.encoding === null) return got.body;
        const text = got.body.toString(options.encoding ?? 'utf8');
        if (!options.json) return text;
        try {
            return JSON.parse(text, options.jsonReviver);
        } catch {
            return text;
        }
    }

    async function perform(options) {
        const method = String(options.method ?? 'GET').toUpperCase();
        const headers = new HeaderList(options.headers);
        const { url, user } = address(options);
        const body = bodyOf(options, headers);
        authorize(options.auth, user, headers);
        if (options.oauth) signed(options, method, url, body, headers);
        const jar = options.jar === true ? shared : options.jar;
        const cookies = jar ? jar.getCookieString(url) : '';
        if (cookies) headers.set('cookie', [headers.get('cookie'), cookies].filter(Boolean).join('; '));
        const most = options.followRedirect === false ? 0 : options.maxRedirects ?? 10;
        const allMethods = Boolean(options.followAllRedirects);
        const got = await send({ method, url, headers, body, timeout: options.timeout }, { most, allMethods });
        if (jar) got.headers.filter(([name]) => name === 'set-cookie').forEach(([, line]) => jar.setCookie(line, got.url));
        const response = {
            statusCode: got.status, statusMessage: got.statusText, headers: lower(got.headers), body: read(options, got),
            request: { method, href: got.url, uri: session.use('url').parse(got.url), headers: {} }
        };
        Object.defineProperty(response, 'answer', { value: got.answer });
        response.toJSON = () => ({ statusCode: response.statusCode, body: response.body, headers: response.headers });
        return response;
    }

    async function promised(options) {
        let response;
        try {
            response = await perform(options);
        } catch (error) {
            throw new RequestError(error, options);
        }
        const good = /^2/.test(String(response.statusCode));
        if (options.simple !== false && !good) {
            throw new StatusCodeError(response.statusCode, response.body, options, response);
        }
        if (typeof options.transform === 'function') {
            return options.transform(response.body, response, options.resolveWithFullResponse);
        }
        return options.resolveWithFullResponse ? response : response.body;
    }

    function gathered(first, second, third) {
        const done = [second, third].find(arg => typeof arg === 'function');
        const more = second && typeof second === 'object' ? second : {};
        return [{ ...more, ...(typeof first === 'string' ? { uri: first } : first) }, done];
    }

    // What makes a promise of a request: a plain one, or Bluebird's for request-promise.
    function make(wrap, defaults = {}) {
        const call = fixed => (...args) => {
            const [given, done] = gathered(...args);
            const options = { ...defaults, ...given, ...fixed, headers: { ...defaults.headers, ...given.headers } };
            if (defaults.qs || given.qs) options.qs = { ...defaults.qs, ...given.qs };
            if (done || !wrap) {
                const going = perform(options);
                if (done) going.then(response => done(null, response, response.body), error => done(error));
                return { on: (name, work) => { if (name === 'response') going.then(work); } };
            }
            const going = wrap(promised(options));
            return Object.assign(going, { promise: () => going });
        };
        const request = call({});
        for (const method of ['get', 'head', 'options', 'post', 'put', 'patch', 'delete']) {
            request[method] = call({ method: method.toUpperCase() });
        }
        request.del = request.delete;
        request.defaults = more => make(wrap, { ...defaults, ...more, headers: { ...defaults.headers, ...more.headers } });
        request.jar = () => new Jar();
        request.cookie = text => text;
        return request;
    }
    return { make, errors: { StatusCodeError, RequestError } };
});
jackfield.library('request', session => session.use('jackfield/request').make(null));
jackfield.library(['request-promise', 'request-promise-any'], session => {
    const Bluebird = session.use('bluebird');
    return session.use('jackfield/request').make(going => Bluebird.resolve(going));
});
jackfield.library('request-promise-native', session => session.use('jackfield/request').make(going => going));
for (const name of ['request-promise', 'request-promise-native']) {
    jackfield.library(`${name}/errors`, session => session.use('jackfield/request').errors);
}
