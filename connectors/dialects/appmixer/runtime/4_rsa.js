// Signatures with an RSA key (RFC 8017, RSASSA-PKCS1-v1_5): what service accounts sign their tokens with.
'use strict';
(() => {
    // The digests' names as they stand before the digest itself (RFC 8017 9.2, note 1).
    const PREFIXES = {
        sha1: '3021300906052b0e03021a05000414', sha256: '3031300d060960864801650304020105000420',
        sha384: '3041300d060960864801650304020205000430', sha512: '3051300d060960864801650304020305000440'
    };

    // The members of a DER sequence: [tag, content] each.
    function members(der) {
        const out = [];
        for (let at = 0; at < der.length;) {
            const tag = der[at];
            let length = der[at + 1];
            let start = at + 2;
            if (length & 0x80) {
                const size = length & 0x7f;
                length = Number(`0x${Buffer.from(der.subarray(start, start + size)).toString('hex') || 0}`);
                start += size;
            }
            out.push([tag, der.subarray(start, start + length)]);
            at = start + length;
        }
        return out;
    }
    const number = bytes => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);

    function privateKey(given) {
        const pem = String(given?.key ?? given).replace(/\\n/g, '\n');
        const [, kind, text] = /-----BEGIN ([A-Z ]*)PRIVATE KEY-----([^-]*)-----END/.exec(pem) ?? [];
        if (text === undefined) throw new Error('The private key is no PEM text.');
        if (/ENCRYPTED|DEK-Info/.test(pem) || /EC |DSA |OPENSSH /.test(kind)) throw new jackfield.MissingPackage(`crypto (${kind.trim()} key)`);
        let parts = members(members(Buffer.from(text, 'base64'))[0][1]);
        if (parts[2]?.[0] === 0x04) parts = members(members(parts[2][1])[0][1]); // PKCS #8 holds PKCS #1
        if (parts.length < 9) throw new jackfield.MissingPackage('crypto (a key that is not RSA)');
        const [, n, , d, p, q, dp, dq, inverse] = parts.map(([, content]) => number(content));
        return { n, d, p, q, dp, dq, inverse };
    }

    function power(base, exponent, modulus) {
        let result = 1n;
        let square = base % modulus;
        for (let rest = exponent; rest > 0n; rest >>= 1n) {
            if (rest & 1n) result = result * square % modulus;
            square = square * square % modulus;
        }
        return result;
    }

    function sign(digestName, key, data) {
        const name = String(digestName).toLowerCase().replace(/^rsa-/, '').replace(/^sha-/, 'sha');
        if (!(name in PREFIXES)) throw new Error(`Digest method not supported: ${digestName}`);
        const { n, p, q, dp, dq, inverse } = privateKey(key);
        const size = Math.ceil(n.toString(16).length / 2);
        const told = PREFIXES[name] + crypto.createHash(name).update(data).digest('hex');
        const padded = number(Buffer.from(`0001${'ff'.repeat(size - told.length / 2 - 3)}00${told}`, 'hex'));
        const m1 = power(padded, dp, p);
        const m2 = power(padded, dq, q);
        const signed = m2 + q * ((inverse * (m1 - m2) % p + p) % p);
        return Buffer.from(signed.toString(16).padStart(size * 2, '0'), 'hex');
    }
    jackfield.rsa = { sign };
})();
