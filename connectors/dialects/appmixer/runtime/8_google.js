// What sign-in modules use of `googleapis`: its OAuth 2 client and the requests that tell who signed in.
'use strict';
(() => {
    const AUTHORIZE = 'https://accounts.google.com/o/oauth2/v2/auth';
    const TOKEN = 'https://oauth2.googleapis.com/token';
    // API and method path -> method and address; {name} takes a parameter of the call.
    const CALLS = {
        'oauth2.userinfo.get': ['GET', 'https://www.googleapis.com/oauth2/v2/userinfo'],
        'oauth2.userinfo.v2.me.get': ['GET', 'https://www.googleapis.com/userinfo/v2/me'],
        'oauth2.tokeninfo': ['POST', 'https://www.googleapis.com/oauth2/v2/tokeninfo'],
        'people.people.get': ['GET', 'https://people.googleapis.com/v1/{resourceName}'],
        'plus.people.get': ['GET', 'https://www.googleapis.com/plus/v1/people/{userId}'],
        'gmail.users.getProfile': ['GET', 'https://gmail.googleapis.com/gmail/v1/users/{userId}/profile'],
        'drive.about.get': ['GET', 'https://www.googleapis.com/drive/v3/about'],
        'drive.files.list': ['GET', 'https://www.googleapis.com/drive/v3/files'],
        'calendar.calendarList.list': ['GET', 'https://www.googleapis.com/calendar/v3/users/me/calendarList'],
        'youtube.channels.list': ['GET', 'https://youtube.googleapis.com/youtube/v3/channels']
    };

    function make(session) {
        const axios = session.use('axios');
        const { querystring } = jackfield.addresses;
        const defaults = {};
        const either = (going, done, pick = v => [v]) => (typeof done === 'function'
            ? void going.then(value => done(null, ...pick(value)), error => done(error)) : going);

        class OAuth2 {
            constructor(id, secret, redirect) {
                const all = id && typeof id === 'object' ? id : { clientId: id, clientSecret: secret, redirectUri: redirect };
                Object.assign(this, { _clientId: all.clientId, _clientSecret: all.clientSecret, redirectUri: all.redirectUri, credentials: {} });
            }

            setCredentials(credentials) { this.credentials = credentials ?? {}; }

            generateAuthUrl(options = {}) {
                const { code_challenge_method: method, ...rest } = options;
                const all = { response_type: 'code', client_id: this._clientId, redirect_uri: this.redirectUri, ...rest };
                if (method) all.code_challenge_method = method;
                if (Array.isArray(all.scope)) all.scope = all.scope.join(' ');
                return `${AUTHORIZE}?${querystring.stringify(all)}`;
            }

            async _ask(members) {
                const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
                const res = await axios.post(TOKEN, querystring.stringify(members), { headers });
                const { expires_in: life, ...tokens } = res.data;
                if (life) tokens.expiry_date = Date.now() + life * 1000;
                return { tokens, res };
            }

            getToken(given, done) {
                const options = typeof given === 'string' ? { code: given } : given;
                const members = {
                    code: options.code, client_id: options.client_id ?? this._clientId, client_secret: this._clientSecret,
                    redirect_uri: options.redirect_uri ?? this.redirectUri, grant_type: 'authorization_code'
                };
                if (options.codeVerifier) members.code_verifier = options.codeVerifier;
                return either(this._ask(members), done, ({ tokens, res }) => [tokens, res]);
            }

            refreshToken(token) {
                return this._ask({
                    refresh_token: token, client_id: this._clientId, client_secret: this._clientSecret, grant_type: 'refresh_token'
                });
            }

            refreshAccessToken(done) {
                const going = this.refreshToken(this.credentials.refresh_token).then(({ tokens, res }) => {
                    this.credentials = { ...tokens, refresh_token: tokens.refresh_token ?? this.credentials.refresh_token };
                    return { credentials: this.credentials, res };
                });
                return either(going, done, ({ credentials, res }) => [credentials, res]);
            }

            async _bearer() {
                const { access_token: token, refresh_token: refresh, expiry_date: end } = this.credentials;
                if (refresh && (!token || (end && end <= Date.now() + 300000))) await this.refreshAccessToken();
                return this.credentials.access_token;
            }

            getAccessToken(done) {
                return either(this._bearer().then(token => ({ token })), done, ({ token }) => [token]);
            }

            getTokenInfo(token) {
                const headers = { 'Content-Type': 'application/x-www-form-urlencoded', Authorization: `Bearer ${token}` };
                return axios.post('https://oauth2.googleapis.com/tokeninfo', '', { headers })
                    .then(({ data: { scope, expires_in: life, ...rest } }) =>
                        ({ ...rest, scopes: scope.split(' '), expiry_date: Date.now() + life * 1000 }));
            }

            revokeToken(token, done) {
                return either(axios.post(`https://oauth2.googleapis.com/revoke?token=${encodeURIComponent(token)}`), done);
            }

            async request(options) {
                const headers = { ...options.headers, Authorization: `Bearer ${await this._bearer()}` };
                return axios({ ...options, url: options.url ?? options.uri, headers });
            }
        }

        async function ask([method, address], { auth, ...params } = {}) {
            const rest = { ...params };
            delete rest.requestBody;
            const url = address.replace(/\{(\w+)\}/g, (_, name) => {
                const value = String(rest[name]);
                delete rest[name];
                return value.split('/').map(encodeURIComponent).join('/');
            });
            const client = auth ?? defaults.auth;
            if (typeof client === 'string') rest.key = client;
            const headers = client instanceof OAuth2 && !rest.access_token && !rest.oauth_token
                ? { Authorization: `Bearer ${await client._bearer()}` } : {};
            return axios({ method, url, params: rest, headers });
        }
        const api = (path, own) => new Proxy(function () {}, {
            get: (_, key) => (typeof key === 'symbol' || key === 'then' ? undefined : api(`${path}.${key}`, own)),
            apply: (_, __, args) => {
                if (!(path in CALLS)) throw new jackfield.MissingPackage(`googleapis (${path})`);
                const done = args.find(arg => typeof arg === 'function');
                const params = args.find(arg => arg && typeof arg === 'object');
                return either(ask(CALLS[path], { ...own, ...params }), done);
            }
        });
        const auth = { OAuth2 };
        const base = { auth, options: options => Object.assign(defaults, options) };
        const google = new Proxy(base, {
            get: (target, name) => {
                if (typeof name === 'symbol' || name === 'then' || name in target) return target[name];
                return version => api(name, typeof version === 'object' ? { auth: version.auth } : {});
            },
            has: () => true
        });
        base.google = google;
        return google;
    }
    jackfield.library('googleapis', make);
    jackfield.library('google-auth-library', session => {
        const { OAuth2 } = session.use('googleapis').auth;
        return { OAuth2Client: OAuth2, OAuth2 };
    });
})();
