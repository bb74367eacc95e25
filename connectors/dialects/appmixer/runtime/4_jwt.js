// Tokens that say something and are signed (RFC 7519): jsonwebtoken and jwt-decode.
'use strict';
(() => {
    // A token's signature is looked at nowhere here: a module reads what its service has just sent to it.
    const part = value => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
    const plain = text => JSON.parse(Buffer.from(text, 'base64url').toString());
    const jwt = {
        decode(token, options = {}) {
            try {
                const [head, body, signature] = String(token).split('.');
                return options.complete ? { header: plain(head), payload: plain(body), signature } : plain(body);
            } catch {
                return null;
            }
        },
        sign(payload, key, options = {}, done) {
            const algorithm = options.algorithm ?? 'HS256';
            if (!/^(HS|RS)(256|384|512)$/.test(algorithm)) throw new jackfield.MissingPackage(`jsonwebtoken (${algorithm})`);
            const body = typeof payload === 'object' ? { ...payload } : payload;
            const seconds = span => (typeof span === 'number' ? span
                : parseFloat(span) * ({ s: 1, m: 60, h: 3600, d: 86400 }[/[smhd]/.exec(span)?.[0]] ?? 0.001));
            if (typeof body === 'object' && !Buffer.isBuffer(payload)) {
                const now = body.iat ?? Math.floor(Date.now() / 1000);
                if (!options.noTimestamp) body.iat = now;
                if (options.expiresIn !== undefined) body.exp = Math.floor(now + seconds(options.expiresIn));
                for (const [name, key] of [['audience', 'aud'], ['issuer', 'iss'], ['subject', 'sub'], ['jwtid', 'jti']]) {
                    if (options[name] !== undefined) body[key] = options[name];
                }
            }
            const head = { alg: algorithm, typ: 'JWT', ...(options.keyid ? { kid: options.keyid } : {}), ...options.header };
            const text = `${part(head)}.${part(body)}`;
            const hash = `sha${algorithm.slice(2)}`;
            const signature = algorithm.startsWith('RS') ? jackfield.rsa.sign(hash, key, text) : jackfield.hmac(hash, key, text);
            const signed = `${text}.${signature.toString('base64url')}`;
            return done ? void done(null, signed) : signed;
        }
    };
    jackfield.library('jsonwebtoken', () => jwt);
    jackfield.library('jwt-decode', () => Object.assign(token => jwt.decode(token), { jwtDecode: jwt.decode, default: jwt.decode }));
})();
