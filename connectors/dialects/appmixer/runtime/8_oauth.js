// The `oauth` package: OAuth 1.0a requests signed as it signs them (RFC 5849), and its small OAuth 2 client.
'use strict';
jackfield.oauth1 = {
    // RFC 5849 3.4: the base string of all parameters, and the key of both secrets.
    base(method, url, pairs) {
        const { strict } = jackfield.addresses;
        const sorted = pairs.map(([n, v]) => [strict(n), strict(v)])
            .sort(([a, x], [b, y]) => (a === b ? (x < y ? -1 : 1) : a < b ? -1 : 1)).map(p => p.join('=')).join('&');
        const { origin, pathname } = new URL(url);
        return [method.toUpperCase(), strict(origin + pathname), strict(sorted)].join('&');
    },
    key: (secret, tokenSecret) => [secret, tokenSecret].map(part => jackfield.addresses.strict(part ?? '')).join('&'),
    signature(kind, method, url, pairs, secret, tokenSecret) {
        const key = jackfield.oauth1.key(secret, tokenSecret);
        if (kind === 'PLAINTEXT') return key;
        const digest = { 'HMAC-SHA1': 'sha1', 'HMAC-SHA256': 'sha256' }[kind];
        if (!digest) throw new jackfield.MissingPackage(`oauth (${kind})`);
        return crypto.createHmac(digest, key).update(jackfield.oauth1.base(method, url, pairs)).digest('base64');
    }
};
jackfield.library('oauth-1.0a', session => {
    const { strict } = jackfield.addresses;
    class OAuth {
        constructor(options) { Object.assign(this, { version: '1.0', signature_method: 'PLAINTEXT', nonce_length: 32, parameter_seperator: ', ' }, options); }

        authorize(request, token = {}) {
            const own = {
                oauth_consumer_key: this.consumer.key, oauth_nonce: session.use('crypto').randomBytes(16).toString('hex'),
                oauth_signature_method: this.signature_method, oauth_timestamp: Math.floor(Date.now() / 1000),
                oauth_version: this.version, ...(token.key !== undefined ? { oauth_token: token.key } : {})
            };
            const pairs = [...Object.entries({ ...own, ...request.data }), ...new URL(request.url).searchParams];
            const base = jackfield.oauth1.base(request.method, request.url, pairs);
            const key = jackfield.oauth1.key(this.consumer.secret, token.secret);
            const hash = this.hash_function ?? ((_, secret) => secret);
            return { ...own, ...request.data, oauth_signature: hash(base, key) };
        }

        toHeader(data) {
            const own = Object.entries(data).filter(([name]) => name.startsWith('oauth_')).sort();
            const realm = this.realm ? `realm="${this.realm}"${this.parameter_seperator}` : '';
            return { Authorization: `OAuth ${realm}${own.map(([n, v]) => `${strict(n)}="${strict(v)}"`).join(this.parameter_seperator)}` };
        }
    }
    const make = new Proxy(OAuth, { apply: (kind, _, args) => new kind(...args) });
    return Object.assign(make, { default: make });
});
jackfield.library('oauth', session => {
    const { signature } = jackfield.oauth1;
    const { HeaderList, send, lower } = session.use('jackfield/http');
    const { escapeOld, strict, querystring } = jackfield.addresses;
    const crypto = session.use('crypto');
    const FORM = 'application/x-www-form-urlencoded';
    const ours = name => /^oauth_/.test(name);

    async function go(method, url, headers, body, follow) {
        const most = follow ? 5 : 0;
        const got = await send({ method, url: escapeOld(url), headers: new HeaderList(headers), body: body ? Buffer.from(body) : null }, { most });
        const response = { statusCode: got.status, statusMessage: got.statusText, headers: lower(got.headers) };
        Object.defineProperty(response, 'answer', { value: got.answer });
        return [got.body.toString(), response];
    }
    function answered(going, done) {
        going.then(([data, response]) => {
            if (response.statusCode >= 200 && response.statusCode <= 299) return done(null, data, response);
            const error = { statusCode: response.statusCode, data };
            Object.defineProperty(error, 'answer', { value: response.answer });
            return done(error, data, response);
        }, error => done(error));
    }

    class OAuth {
        constructor(requestUrl, accessUrl, consumerKey, consumerSecret, version, callback, method = 'HMAC-SHA1', nonceSize, headers) {
            if (method !== 'HMAC-SHA1' && method !== 'PLAINTEXT') throw new jackfield.MissingPackage(`oauth (${method})`);
            Object.assign(this, {
                _requestUrl: requestUrl, _accessUrl: accessUrl, _consumerKey: consumerKey, _version: version,
                _consumerSecret: consumerSecret ?? '', _authorize_callback: callback ?? 'oob', _signatureMethod: method,
                _nonceSize: nonceSize || 32, _headers: headers ?? { Accept: '*/*' }, _oauthParameterSeperator: ',',
                _clientOptions: { requestTokenHttpMethod: 'POST', accessTokenHttpMethod: 'POST', followRedirects: true }
            });
        }

        setClientOptions(options) { Object.assign(this._clientOptions, options); }

        _prepareParameters(token, secret, method, url, extra) {
            const own = [
                ['oauth_timestamp', String(Math.floor(Date.now() / 1000))],
                ['oauth_nonce', crypto.randomBytes(this._nonceSize).toString('hex').slice(0, this._nonceSize)],
                ['oauth_version', this._version], ['oauth_signature_method', this._signatureMethod],
                ['oauth_consumer_key', this._consumerKey], ...(token ? [['oauth_token', token]] : []),
                ...Object.entries(extra ?? {}).flatMap(([n, v]) => [v].flat().map(one => [n, String(one)]))
            ];
            const signed = [...own, ...new URL(url).searchParams];
            const last = ['oauth_signature', signature(this._signatureMethod, method, url, signed, this._consumerSecret, secret)];
            return [...own.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)), last];
        }

        _header(pairs) {
            return `OAuth ${pairs.filter(([n]) => ours(n)).map(([n, v]) => `${strict(n)}="${strict(v)}"`).join(this._oauthParameterSeperator)}`;
        }

        authHeader(url, token, secret, method = 'GET') {
            return this._header(this._prepareParameters(token, secret, method, url, {}));
        }

        signUrl(url, token, secret, method = 'GET') {
            const pairs = this._prepareParameters(token, secret, method, url, {});
            return `${url.split('?')[0]}?${[...new URL(url).searchParams, ...pairs].map(([n, v]) => `${n}=${strict(v)}`).join('&')}`;
        }

        _performSecureRequest(token, secret, method, url, extra, body, type, done) {
            const pairs = this._prepareParameters(token, secret, method, url, extra);
            const rest = Object.fromEntries(Object.entries(extra ?? {}).filter(([n]) => !ours(n)));
            let content = body;
            if (['POST', 'PUT'].includes(method) && (body === null || body === undefined) && extra) {
                content = querystring.stringify(rest).replace(/[!'()*]/g, strict);
            }
            const headers = { ...this._headers, Authorization: this._header(pairs), 'Content-Type': type || FORM };
            answered(go(method, url, headers, content, this._clientOptions.followRedirects), done);
        }

        getOAuthRequestToken(extra, done) {
            if (typeof extra === 'function') [extra, done] = [{}, extra];
            const more = { ...extra, ...(this._authorize_callback ? { oauth_callback: this._authorize_callback } : {}) };
            this._tokens(null, null, this._clientOptions.requestTokenHttpMethod, this._requestUrl, more, done);
        }

        getOAuthAccessToken(token, secret, verifier, done) {
            if (typeof verifier === 'function') [verifier, done] = [undefined, verifier];
            const more = verifier === undefined ? {} : { oauth_verifier: verifier };
            this._tokens(token, secret, this._clientOptions.accessTokenHttpMethod, this._accessUrl, more, done);
        }

        _tokens(token, secret, method, url, extra, done) {
            this._performSecureRequest(token, secret, method, url, extra, null, null, (error, data) => {
                if (error) return done(error);
                const { oauth_token: got, oauth_token_secret: gotSecret, ...rest } = querystring.parse(data);
                return done(null, got, gotSecret, rest);
            });
        }

        getProtectedResource(url, method, token, secret, done) {
            this._performSecureRequest(token, secret, method, url, null, '', null, done);
        }

        get(url, token, secret, done) { this._performSecureRequest(token, secret, 'GET', url, null, '', null, done); }

        delete(url, token, secret, done) { this._performSecureRequest(token, secret, 'DELETE', url, null, '', null, done); }

        post(url, token, secret, body, type, done) { this._write('POST', url, token, secret, body, type, done); }

        put(url, token, secret, body, type, done) { this._write('PUT', url, token, secret, body, type, done); }

        _write(method, url, token, secret, body, type, done) {
            if (typeof type === 'function') [type, done] = [null, type];
            const isText = typeof body === 'string' || Buffer.isBuffer(body);
            this._performSecureRequest(token, secret, method, url, isText ? null : body, isText ? body : null, isText ? type : FORM, done);
        }
    }

    class OAuth2 {
        constructor(id, secret, site, authorizePath = '/oauth/authorize', tokenPath = '/oauth/access_token', headers = {}) {
            Object.assign(this, { id, secret, site, authorizePath, tokenPath, headers, bearer: false });
        }

        useAuthorizationHeaderforGET(yes) { this.bearer = yes; }

        getAuthorizeUrl(params = {}) {
            return `${this.site}${this.authorizePath}?${querystring.stringify({ ...params, client_id: this.id })}`;
        }

        getOAuthAccessToken(code, params, done) {
            const renews = params?.grant_type === 'refresh_token';
            const all = { ...params, client_id: this.id, client_secret: this.secret, [renews ? 'refresh_token' : 'code']: code };
            const headers = { ...this.headers, 'Content-Type': FORM };
            answered(go('POST', this.site + this.tokenPath, headers, querystring.stringify(all), true), (error, data, response) => {
                if (error) return done(error);
                let out;
                try {
                    out = JSON.parse(data);
                } catch {
                    out = querystring.parse(data);
                }
                const { refresh_token: refresh, ...results } = out;
                return done(null, out.access_token, refresh, results);
            });
        }

        get(url, token, done) {
            const address = new URL(url);
            if (!this.bearer) address.searchParams.set('access_token', token);
            const headers = this.bearer ? { ...this.headers, Authorization: `Bearer ${token}` } : this.headers;
            answered(go('GET', address.href, headers, null, true), done);
        }
    }
    return { OAuth, OAuth2 };
});
