// The steps of a definition: what a module finds in `context`, and what its results are called outside.
'use strict';
(() => {
    // Our name first; what a module calls it after that.
    const NAMES = {
        access_token: ['accessToken'], refresh_token: ['refreshToken'], access_token_secret: ['accessTokenSecret'],
        client_id: ['clientId'], client_secret: ['clientSecret'], callback_url: ['callbackUrl', 'redirectUri'],
        authorization_code: ['authorizationCode', 'code'], profile_info: ['profileInfo'], state: ['state', 'ticket'],
        consumer_key: ['consumerKey'], consumer_secret: ['consumerSecret'], oauth_verifier: ['oauthVerifier'],
        request_token: ['requestToken', 'oauthToken'], request_token_secret: ['requestTokenSecret', 'oauthTokenSecret'],
        token_type: ['tokenType'], id_token: ['idToken'], expires_in: ['expiresIn'],
        code_verifier: ['codeVerifier'], code_challenge: ['codeChallenge'], nonce: ['nonce']
    };
    const OURS = Object.fromEntries(Object.entries(NAMES).flatMap(([ours, theirs]) => theirs.map(name => [name, ours])));
    const TOKEN_STEPS = new Set(['requestAccessToken', 'refreshAccessToken', 'requestRequestToken']);
    const NAMING = new Set(['accountNameFromProfileInfo', 'emailFromProfileInfo']);

    const { InvalidTokenError } = jackfield.errors;

    // A list that can also be used as if it were text, because modules do both.
    class Scope extends Array {
        static get [Symbol.species]() { return Array; }
    }
    for (const name of ['split', 'replace', 'trim', 'match', 'toLowerCase', 'startsWith', 'endsWith']) {
        Object.defineProperty(Scope.prototype, name, {
            value(...args) { return this.join(' ')[name](...args); }
        });
    }

    function fill(session, values) {
        const context = session.context;
        const { names } = jackfield.about;
        const fields = session.definition?.auth ?? {};
        const own = {};
        for (const [key, given] of Object.entries(values)) {
            const name = names[key] ?? key;
            const kind = fields[name]?.type;
            own[name] = ['checkbox', 'toggle', 'boolean'].includes(kind) && typeof given === 'string' ? given === 'true' : given;
        }
        for (const [ours, theirs] of Object.entries(NAMES)) {
            for (const name of theirs) if (own[ours] !== undefined && !(name in fields)) own[name] ??= own[ours];
        }
        if (own.expires_at) {
            own.accessTokenExpDate = new Date(own.expires_at);
            own.expires ??= own.accessTokenExpDate;
        }
        if (session.exports?.type === 'pwd' && own.access_token) own.token ??= own.access_token;
        own.consumerKey ??= own.clientId;
        own.consumerSecret ??= own.clientSecret;
        if ('scope' in own && !('scope' in fields)) own.scope = Scope.from(String(own.scope).split(/[\s,]+/).filter(Boolean));
        else if (!('scope' in fields)) own.scope = new Scope();
        const empty = !own.profileInfo || Object.keys(own.profileInfo).length === 0;
        if (empty && !session.definition?.requestProfileInfo) own.profileInfo = { ...own };
        else if (empty) delete own.profileInfo;
        if (session.profile !== undefined && session.profile !== null) own.profileInfo = session.profile;
        for (const [name, value] of Object.entries(own)) if (value !== undefined) context[name] = value;
        context.auth = { ...context.auth, ...own };
        context.config = { ...values, ...own };
        return context;
    }

    function prepare(session) {
        const axios = session.use('axios');
        Object.assign(session.context, {
            // Thrown with `new` and without.
            httpRequest: axios, InvalidTokenError: new Proxy(InvalidTokenError, { apply: (kind, _, args) => new kind(...args) }), log: async () => {}, CancelError: class CancelError extends Error {},
            properties: {}, messages: {}, replaceVariables: value => filled(value, session.context)
        });
        Object.defineProperty(session.context, 'axios', { value: axios, enumerable: false });
    }

    const isClass = value => /^class\b/.test(Function.prototype.toString.call(value));
    async function definitionOf(session, context) {
        let { exports } = session;
        if (typeof exports === 'function') exports = isClass(exports) ? new exports(context) : await exports(context);
        session.exports = exports;
        const made = exports?.definition ?? exports;
        if (typeof made !== 'function') return made;
        return isClass(made) ? new made(context) : made.call(exports, context);
    }

    const look = (data, path) => path.split('.').reduce((at, key) => at?.[key], data);
    function filled(value, context) {
        if (typeof value === 'string') {
            return value.replace(/\{\{\s*([\w.$-]+)\s*\}\}/g, (_, path) => {
                const found = look(context, path) ?? look(context.auth, path) ?? context[OURS[path]];
                return found === undefined || found === null ? '' : String(found);
            });
        }
        if (Array.isArray(value)) return value.map(item => filled(item, context));
        if (!value || typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype) return value;
        return Object.fromEntries(Object.entries(value).map(([k, v]) => [filled(k, context), filled(v, context)]));
    }

    // A step that is no function: an address or a request, filled and sent as it stands.
    async function carryOut(session, name, value) {
        const { context, exports } = session;
        const takesToken = TOKEN_STEPS.has(name);
        const options = typeof value === 'string' ? { url: value } : { ...value };
        const bare = ['data', 'body', 'form', 'json', 'params', 'qs'].every(k => typeof options[k] !== 'object' && (k === 'json' || !options[k]));
        const told = JSON.stringify(options);
        const request = filled(options, context);
        request.method ??= takesToken ? 'POST' : 'GET';
        if (takesToken && bare && exports.type === 'oauth2') {
            const renews = name === 'refreshAccessToken';
            request.form = {
                grant_type: renews ? 'refresh_token' : 'authorization_code',
                ...(renews ? { refresh_token: context.refreshToken } : { code: context.authorizationCode, redirect_uri: context.callbackUrl }),
                client_id: context.clientId, client_secret: context.clientSecret
            };
        } else if (exports.type === 'oauth2' && !takesToken && !request.auth && !/access_?token|authorization/i.test(told)) {
            request.auth = { bearer: context.accessToken };
        }
        return (await context.axios(request)).data;
    }

    const isResponse = value => Boolean(value && typeof value === 'object' && value.answer && 'config' in value && 'data' in value);
    function renamed(data) {
        if (typeof data === 'string') data = jackfield.addresses.querystring.parse(data);
        return Object.fromEntries(Object.entries(data).map(([key, value]) => [OURS[key] ?? key, value]).map(([key, value]) => {
            if (key !== 'accessTokenExpDate') return [key, value];
            const isMoment = value instanceof Date || typeof value?.toDate === 'function';
            const isText = typeof value === 'string' && Number.isNaN(Number(value)) && !Number.isNaN(Date.parse(value));
            return ['access_token_exp_date', isMoment || isText ? new Date(value) : value];
        }));
    }

    // Outside a profile is an object; the module itself finds again what it returned.
    function profileOf(value) {
        const data = isResponse(value) ? value.data : value;
        const first = Array.isArray(data) ? data[0] ?? {} : data;
        if (data === undefined || data === null) return null;
        return first && typeof first === 'object' ? data : { value: data };
    }
    function remembered(value) {
        if (!isResponse(value)) return value;
        const { data } = value;
        // Modules that return the whole response look either into it or into its data.
        if (data && typeof data === 'object' && !('data' in data)) Object.defineProperty(data, 'data', { value: data });
        return data;
    }

    // What a step returned, as the program outside understands it.
    function outward(name, value, exports) {
        if (TOKEN_STEPS.has(name)) {
            const data = isResponse(value) ? value.data : value;
            return data && (typeof data === 'object' || typeof data === 'string') ? renamed(data) : null;
        }
        if (name === 'requestProfileInfo') return profileOf(value);
        if (NAMING.has(name)) return value === undefined || value === null ? '' : String(value);
        if (name === 'validate' && exports.type === 'pwd' && value && typeof value === 'object' && !isResponse(value)) {
            const { token, expires } = value;
            if (token !== undefined && token !== null && token !== '') {
                const end = typeof expires?.toDate === 'function' ? expires.toDate() : expires;
                return { token: typeof token === 'object' ? JSON.stringify(token) : String(token), expires: end };
            }
        }
        return name === 'authUrl' ? value : value !== false;
    }

    // An address that is no function's gets the standard parameters after its own.
    function withStandard(text, { context, definition, exports }) {
        const url = new URL(text);
        const scope = context.scope.join(definition.scopeDelimiter ?? ',');
        const standard = exports.type === 'oauth' ? { oauth_token: context.requestToken } : {
            response_type: 'code', client_id: context.clientId, redirect_uri: context.callbackUrl, state: context.state,
            ...(scope ? { scope } : {})
        };
        const missing = Object.entries(standard).filter(([name]) => !url.searchParams.has(name));
        const added = missing.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
        if (added) url.search = url.search ? `${url.search}&${added}` : added;
        return url.href;
    }

    const STEP_ADDRESS = /^https?:\/\/\S+$/;
    async function perform(session, name) {
        const { context, definition } = session;
        const step = definition[name];
        if (name === 'validateErrCallback') return jackfield.errors.worded(session, step);
        if (name === 'authUrl') {
            const made = typeof step === 'function' ? await step.call(definition, context) : step;
            const url = filled(typeof made === 'object' && made !== null ? made.url ?? made.uri ?? String(made) : made, context);
            if (typeof step !== 'function' && typeof url === 'string') return withStandard(url.trim(), session);
            return typeof url === 'string' ? url.trim().replace(/\s/g, '%20') : url;
        }
        const isCall = typeof step === 'function';
        let value = isCall ? await step.call(definition, context) : await carryOut(session, name, step);
        const wanted = TOKEN_STEPS.has(name) || name === 'requestProfileInfo';
        if (isCall && wanted && typeof value === 'string' && STEP_ADDRESS.test(value.trim())) {
            value = await carryOut(session, name, value.trim());
        }
        if (name === 'requestProfileInfo') session.profile = remembered(value);
        return outward(name, value, session.exports);
    }

    const text = value => JSON.stringify(value, (_, v) => (typeof v === 'bigint' ? String(v) : v)) ?? 'null';
    function settle(session, going) {
        session.outcome = null;
        going.then(value => { session.outcome = text({ value }); })
            .catch(error => { session.outcome = text({ error: jackfield.errors.failure(error) }); });
    }

    jackfield.start = (id, name, values, seed) => {
        jackfield.seed(seed);
        jackfield.broken = null;
        let session = jackfield.sessions.get(id);
        const going = (async () => {
            if (!session) {
                session = jackfield.open(id);
                prepare(session);
                fill(session, values);
                session.definition = await definitionOf(session, session.context);
            }
            fill(session, values);
            return perform(session, name);
        })();
        session ??= jackfield.sessions.get(id);
        if (session) settle(session, going);
        else going.catch(error => { jackfield.broken = text({ error: jackfield.errors.failure(error) }); });
    };
    // What is wanted of the program outside, and the outcome once there is one.
    jackfield.take = id => {
        const session = jackfield.sessions.get(id);
        if (!session) return text({ effects: [], outcome: jackfield.broken });
        return text({ effects: session.effects.splice(0), outcome: session.outcome });
    };
    jackfield.answer = (id, call, data) => {
        const { waiting } = jackfield.sessions.get(id);
        const { resolve, reject } = waiting.get(call);
        waiting.delete(call);
        if (data.error) reject(Object.assign(new Error(data.error.message), data.error));
        else resolve(data.value);
    };
    jackfield.close = id => { jackfield.sessions.delete(id); };
    Object.assign(jackfield, { definitionOf, prepare, settle, TOKEN_STEPS });
})();
