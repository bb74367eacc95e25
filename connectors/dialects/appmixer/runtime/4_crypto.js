// Digests and keyed digests (RFC 1321, FIPS 180-4, RFC 2104) and random bytes, as Node's crypto has them.
'use strict';
(() => {
    const rotl = (x, n) => x << n | x >>> 32 - n;

    function padded(bytes, block, little) {
        const size = Math.ceil((bytes.length + 1 + block / 8) / block) * block;
        const out = new Uint8Array(size);
        out.set(bytes);
        out[bytes.length] = 0x80;
        const bits = BigInt(bytes.length) * 8n;
        for (let i = 0; i < 8; i += 1) {
            out[little ? size - 8 + i : size - 1 - i] = Number(bits >> BigInt(8 * i) & 255n);
        }
        return out;
    }
    const words = (bytes, at, little) => Array.from({ length: 16 }, (_, i) => {
        const [a, b, c, d] = bytes.subarray(at + 4 * i, at + 4 * i + 4);
        return little ? a | b << 8 | c << 16 | d << 24 : a << 24 | b << 16 | c << 8 | d;
    });
    const bytesOf = (state, little) => state.flatMap(w => {
        const big = [w >>> 24, w >>> 16 & 255, w >>> 8 & 255, w & 255];
        return little ? big.reverse() : big;
    });

    const MD5_SHIFTS = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]];
    const MD5_SINES = Array.from({ length: 64 }, (_, i) => Math.floor(Math.abs(Math.sin(i + 1)) * 2 ** 32) | 0);
    function md5(input) {
        const bytes = padded(input, 64, true);
        let state = [0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476];
        for (let at = 0; at < bytes.length; at += 64) {
            const m = words(bytes, at, true);
            let [a, b, c, d] = state;
            for (let i = 0; i < 64; i += 1) {
                const round = i >> 4;
                const f = [b & c | ~b & d, d & b | ~d & c, b ^ c ^ d, c ^ (b | ~d)][round];
                const k = [i, 5 * i + 1, 3 * i + 5, 7 * i][round] % 16;
                [a, d, c, b] = [d, c, b, b + rotl(a + f + MD5_SINES[i] + m[k] | 0, MD5_SHIFTS[round][i % 4]) | 0];
            }
            state = [a + state[0] | 0, b + state[1] | 0, c + state[2] | 0, d + state[3] | 0];
        }
        return bytesOf(state, true);
    }

    function sha1(input) {
        const bytes = padded(input, 64, false);
        let state = [0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476, 0xc3d2e1f0 | 0];
        for (let at = 0; at < bytes.length; at += 64) {
            const w = words(bytes, at, false);
            for (let i = 16; i < 80; i += 1) w[i] = rotl(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
            let [a, b, c, d, e] = state;
            for (let i = 0; i < 80; i += 1) {
                const round = Math.floor(i / 20);
                const f = [b & c | ~b & d, b ^ c ^ d, b & c | b & d | c & d, b ^ c ^ d][round];
                const k = [0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6][round];
                [e, d, c, b, a] = [d, c, rotl(b, 30), a, rotl(a, 5) + f + e + k + w[i] | 0];
            }
            state = [a, b, c, d, e].map((v, i) => v + state[i] | 0);
        }
        return bytesOf(state, false);
    }

    // The constants of SHA-2 are the first bits of roots of the first primes; whole numbers make them exact.
    const primes = [];
    for (let n = 2; primes.length < 80; n += 1) if (primes.every(p => n % p)) primes.push(n);
    function rootBits(n, degree, bits) {
        const target = BigInt(n) << BigInt(degree * bits);
        let low = 0n;
        let high = 1n << BigInt(bits + 5);
        while (high - low > 1n) {
            const middle = low + high >> 1n;
            if (middle ** BigInt(degree) <= target) low = middle;
            else high = middle;
        }
        return low & (1n << BigInt(bits)) - 1n;
    }
    const K512 = primes.map(p => rootBits(p, 3, 64));
    const K256 = K512.slice(0, 64).map(k => Number(k >> 32n) | 0);
    const START = {
        sha256: primes.slice(0, 8).map(p => Number(rootBits(p, 2, 32)) | 0),
        sha384: primes.slice(8, 16).map(p => rootBits(p, 2, 64)),
        sha512: primes.slice(0, 8).map(p => rootBits(p, 2, 64))
    };

    function sha256(input) {
        const bytes = padded(input, 64, false);
        const rotr = (x, n) => rotl(x, 32 - n);
        let state = [...START.sha256];
        for (let at = 0; at < bytes.length; at += 64) {
            const w = words(bytes, at, false);
            for (let i = 16; i < 64; i += 1) {
                const s0 = rotr(w[i - 15], 7) ^ rotr(w[i - 15], 18) ^ w[i - 15] >>> 3;
                const s1 = rotr(w[i - 2], 17) ^ rotr(w[i - 2], 19) ^ w[i - 2] >>> 10;
                w[i] = w[i - 16] + s0 + w[i - 7] + s1 | 0;
            }
            let [a, b, c, d, e, f, g, h] = state;
            for (let i = 0; i < 64; i += 1) {
                const t1 = h + (rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25)) + (e & f ^ ~e & g) + K256[i] + w[i] | 0;
                const t2 = (rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22)) + (a & b ^ a & c ^ b & c) | 0;
                [h, g, f, e, d, c, b, a] = [g, f, e, d + t1 | 0, c, b, a, t1 + t2 | 0];
            }
            state = [a, b, c, d, e, f, g, h].map((v, i) => v + state[i] | 0);
        }
        return bytesOf(state, false);
    }

    const MASK = (1n << 64n) - 1n;
    function sha512(input, start = START.sha512, length = 64) {
        const bytes = padded(input, 128, false);
        const rotr = (x, n) => (x >> BigInt(n) | x << BigInt(64 - n)) & MASK;
        let state = [...start];
        for (let at = 0; at < bytes.length; at += 128) {
            const w = Array.from({ length: 16 }, (_, i) =>
                bytes.subarray(at + 8 * i, at + 8 * i + 8).reduce((sum, b) => sum << 8n | BigInt(b), 0n));
            for (let i = 16; i < 80; i += 1) {
                const s0 = rotr(w[i - 15], 1) ^ rotr(w[i - 15], 8) ^ w[i - 15] >> 7n;
                const s1 = rotr(w[i - 2], 19) ^ rotr(w[i - 2], 61) ^ w[i - 2] >> 6n;
                w[i] = w[i - 16] + s0 + w[i - 7] + s1 & MASK;
            }
            let [a, b, c, d, e, f, g, h] = state;
            for (let i = 0; i < 80; i += 1) {
                const choice = e & f ^ (e ^ MASK) & g;
                const t1 = h + (rotr(e, 14) ^ rotr(e, 18) ^ rotr(e, 41)) + choice + K512[i] + w[i] & MASK;
                const t2 = (rotr(a, 28) ^ rotr(a, 34) ^ rotr(a, 39)) + (a & b ^ a & c ^ b & c) & MASK;
                [h, g, f, e, d, c, b, a] = [g, f, e, d + t1 & MASK, c, b, a, t1 + t2 & MASK];
            }
            state = [a, b, c, d, e, f, g, h].map((v, i) => v + state[i] & MASK);
        }
        const all = state.flatMap(v => Array.from({ length: 8 }, (_, i) => Number(v >> BigInt(56 - 8 * i) & 255n)));
        return all.slice(0, length);
    }

    const DIGESTS = {
        md5: [md5, 64], sha1: [sha1, 64], sha256: [sha256, 64],
        sha384: [bytes => sha512(bytes, START.sha384, 48), 128], sha512: [sha512, 128]
    };
    const named = name => {
        const found = DIGESTS[String(name).toLowerCase().replace(/^(rsa-)?sha-?(\d+)$/, 'sha$2')];
        if (!found) throw new Error(`Digest method not supported: ${name}`);
        return found;
    };
    const asBytes = (data, encoding) => (typeof data === 'string' ? Buffer.from(data, encoding) : Buffer.from(data));
    const digest = (name, data) => Buffer.from(named(name)[0](asBytes(data)));
    function hmac(name, key, data) {
        const [hash, block] = named(name);
        let secret = Array.from(asBytes(key));
        if (secret.length > block) secret = hash(Buffer.from(secret));
        while (secret.length < block) secret.push(0);
        const inner = hash(Buffer.from([...secret.map(b => b ^ 0x36), ...asBytes(data)]));
        return Buffer.from(hash(Buffer.from([...secret.map(b => b ^ 0x5c), ...inner])));
    }

    class Running {
        #parts = [];
        #finish;

        constructor(finish) { this.#finish = finish; }

        update(data, encoding) { this.#parts.push(asBytes(data, encoding)); return this; }

        digest(encoding) {
            const out = this.#finish(Buffer.concat(this.#parts));
            return encoding ? out.toString(encoding) : out;
        }
    }

    // The seed comes from the system's own generator, anew with every call from outside.
    let seed = Buffer.alloc(32);
    let drawn = 0;
    jackfield.seed = text => { seed = digest('sha256', Buffer.concat([seed, Buffer.from(text, 'hex')])); };
    function randomBytes(size, done) {
        const out = Buffer.alloc(size);
        for (let at = 0; at < size; at += 32) {
            drawn += 1;
            out.set(hmac('sha256', seed, `draw ${drawn}`).subarray(0, Math.min(32, size - at)), at);
        }
        seed = hmac('sha256', seed, `next ${drawn}`);
        return done ? void done(null, out) : out;
    }
    function randomUUID() {
        const bytes = randomBytes(16);
        bytes[6] = bytes[6] & 15 | 64;
        bytes[8] = bytes[8] & 63 | 128;
        return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
    }
    const crypto = {
        createHash: name => (named(name), new Running(data => digest(name, data))),
        createHmac: (name, key) => (named(name), new Running(data => hmac(name, key, data))),
        createSign: name => {
            const running = new Running(data => data);
            return Object.assign(running, {
                sign: (key, encoding) => {
                    const out = jackfield.rsa.sign(name, key, running.digest());
                    return encoding ? out.toString(encoding) : out;
                }
            });
        },
        sign: (name, data, key) => jackfield.rsa.sign(name, key, data),
        randomBytes, randomUUID,
        getHashes: () => Object.keys(DIGESTS),
        timingSafeEqual(a, b) {
            if (a.byteLength !== b.byteLength) throw new RangeError('Input buffers must have the same byte length');
            return a.reduce((sum, byte, i) => sum | byte ^ b[i], 0) === 0;
        },
        getRandomValues: array => {
            new Uint8Array(array.buffer).set(randomBytes(array.byteLength));
            return array;
        }
    };
    crypto.randomInt = (least, most) => {
        const [low, high] = most === undefined ? [0, least] : [least, most];
        return low + Number(BigInt(`0x${randomBytes(8).toString('hex')}`) % BigInt(high - low));
    };
    crypto.webcrypto = crypto;
    globalThis.crypto = crypto;
    // What is not there is named when it is called.
    const whole = new Proxy(crypto, {
        get: (target, name) => (name in target || typeof name === 'symbol' || name === 'default' ? target[name]
            : () => { throw new jackfield.MissingPackage(`crypto (${name})`); })
    });
    jackfield.library('crypto', () => whole);
    jackfield.library('uuid', () => Object.assign(() => randomUUID(), { v4: randomUUID, v1: randomUUID, default: randomUUID }));
    jackfield.library('nanoid', () => ({ nanoid: (size = 21) => randomBytes(size).toString('base64url').slice(0, size) }));
    for (const name of ['md5', 'sha1']) jackfield.library(name, () => text => digest(name, text).toString('hex'));
    jackfield.hmac = hmac;
})();
