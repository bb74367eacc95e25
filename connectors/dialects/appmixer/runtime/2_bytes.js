// Text and bytes as Node has them: TextEncoder, Buffer, atob and btoa.
'use strict';
(() => {
    const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
    const VALUES = Object.fromEntries([...ALPHABET, '-', '_'].map((c, i) => [c, i < 64 ? i : i - 2]));
    const LARGEST = 32 * 1024 * 1024;

    function encodeUtf8(text) {
        const out = [];
        for (const char of String(text)) {
            let code = char.codePointAt(0);
            if (code >= 0xd800 && code <= 0xdfff) code = 0xfffd;
            if (code < 0x80) out.push(code);
            else if (code < 0x800) out.push(0xc0 | code >> 6, 0x80 | code & 63);
            else if (code < 0x10000) out.push(0xe0 | code >> 12, 0x80 | code >> 6 & 63, 0x80 | code & 63);
            else out.push(0xf0 | code >> 18, 0x80 | code >> 12 & 63, 0x80 | code >> 6 & 63, 0x80 | code & 63);
        }
        return out;
    }

    function decodeUtf8(bytes) {
        const parts = [];
        for (let i = 0; i < bytes.length;) {
            const first = bytes[i++];
            const more = first < 0x80 ? 0 : first < 0xc2 ? -1 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : first < 0xf5 ? 3 : -1;
            if (more <= 0) {
                parts.push(more ? '\ufffd' : String.fromCharCode(first));
                continue;
            }
            let code = first & (0x3f >> more);
            let read = 0;
            while (read < more && (bytes[i] & 0xc0) === 0x80) {
                code = code << 6 | bytes[i++] & 63;
                read += 1;
            }
            const least = [0, 0x80, 0x800, 0x10000][more];
            const good = read === more && code >= least && code < 0x110000 && !(code >= 0xd800 && code < 0xe000);
            parts.push(good ? String.fromCodePoint(code) : '\ufffd');
        }
        return parts.join('');
    }

    function toBase64(bytes, url = false) {
        let out = '';
        for (let i = 0; i < bytes.length; i += 3) {
            const n = bytes[i] << 16 | (bytes[i + 1] ?? 0) << 8 | (bytes[i + 2] ?? 0);
            out += ALPHABET[n >> 18] + ALPHABET[n >> 12 & 63];
            out += i + 1 < bytes.length ? ALPHABET[n >> 6 & 63] : '=';
            out += i + 2 < bytes.length ? ALPHABET[n & 63] : '=';
        }
        return url ? out.replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '') : out;
    }

    function fromBase64(text) {
        const out = [];
        let bits = 0;
        let n = 0;
        for (const char of String(text)) {
            if (char === '=') break;
            if (!(char in VALUES)) continue;
            n = (n << 6 | VALUES[char]) & 0xffffff;
            bits += 6;
            if (bits >= 8) {
                bits -= 8;
                out.push(n >> bits & 255);
            }
        }
        return out;
    }

    const latin1 = (text, mask) => Array.from(String(text), c => c.charCodeAt(0) & mask);
    const toLatin1 = (bytes, mask) => Array.from(bytes, b => String.fromCharCode(b & mask)).join('');

    function fromHex(text) {
        const pairs = String(text).match(/../g) ?? [];
        const end = pairs.findIndex(pair => !/^[0-9a-f]{2}$/i.test(pair));
        return (end < 0 ? pairs : pairs.slice(0, end)).map(pair => parseInt(pair, 16));
    }

    function toBytes(text, encoding = 'utf8') {
        switch (String(encoding).toLowerCase()) {
            case 'utf8': case 'utf-8': return encodeUtf8(text);
            case 'base64': case 'base64url': return fromBase64(text);
            case 'hex': return fromHex(text);
            case 'latin1': case 'binary': case 'ascii': return latin1(text, 255);
            case 'utf16le': case 'ucs2':
                return [...String(text)].flatMap(c => Array.from({ length: c.length }, (_, i) => c.charCodeAt(i)))
                    .flatMap(code => [code & 255, code >> 8]);
            default: throw new TypeError(`Unknown encoding: ${encoding}`);
        }
    }

    function toText(bytes, encoding = 'utf8') {
        switch (String(encoding).toLowerCase()) {
            case 'utf8': case 'utf-8': return decodeUtf8(bytes);
            case 'base64': return toBase64(bytes);
            case 'base64url': return toBase64(bytes, true);
            case 'hex': return Array.from(bytes, b => b.toString(16).padStart(2, '0')).join('');
            case 'latin1': case 'binary': return toLatin1(bytes, 255);
            case 'ascii': return toLatin1(bytes, 127);
            default: throw new TypeError(`Unknown encoding: ${encoding}`);
        }
    }

    const sized = size => {
        if (!(size >= 0 && size <= LARGEST)) throw new RangeError('The size of a Buffer is out of range.');
        return size;
    };

    // The class itself can be called without `new`, as old modules do: Buffer('text').
    class Bytes extends Uint8Array {
        static from(value, encoding, length) {
            if (typeof value === 'string') value = toBytes(value, encoding);
            else if (value instanceof ArrayBuffer) return new Bytes(value, encoding ?? 0, length);
            else if (value && value.type === 'Buffer' && Array.isArray(value.data)) value = value.data;
            else if (value == null || typeof value !== 'object') {
                throw new TypeError('The first argument must be of type string or an instance of Buffer or Array.');
            }
            const made = new Bytes(sized(value.length));
            made.set(value);
            return made;
        }

        static alloc(size, fill = 0, encoding) {
            return new Bytes(sized(size)).fill(fill, encoding);
        }

        static allocUnsafe(size) {
            return new Bytes(sized(size));
        }

        static isBuffer(value) {
            return value instanceof Bytes;
        }

        static byteLength(value, encoding) {
            return typeof value === 'string' ? toBytes(value, encoding).length : value.byteLength;
        }

        static concat(list, length) {
            const all = list.flatMap(part => Array.from(part));
            return Bytes.from(length === undefined ? all : Array.from({ length }, (_, i) => all[i] ?? 0));
        }

        static compare(a, b) {
            return Buffer.from(a).compare(b);
        }

        static isEncoding(name) {
            return /^(utf-?8|base64(url)?|hex|latin1|binary|ascii)$/i.test(name);
        }

        toString(encoding, start = 0, end = this.length) {
            return toText(this.subarray(start, end), encoding);
        }

        toJSON() {
            return { type: 'Buffer', data: Array.from(this) };
        }

        equals(other) {
            return this.compare(other) === 0;
        }

        compare(other) {
            for (let i = 0; i < Math.min(this.length, other.length); i += 1) {
                if (this[i] !== other[i]) return this[i] < other[i] ? -1 : 1;
            }
            return Math.sign(this.length - other.length);
        }

        fill(value, encoding) {
            const bytes = typeof value === 'string' ? toBytes(value, encoding) : [value];
            for (let i = 0; i < this.length; i += 1) this[i] = bytes[i % bytes.length];
            return this;
        }

        write(text, offset = 0) {
            const bytes = toBytes(text).slice(0, this.length - offset);
            this.set(bytes, offset);
            return bytes.length;
        }

        slice(start, end) {
            return this.subarray(start, end);
        }

        readUInt32BE(at = 0) {
            return (this[at] * 0x1000000) + (this[at + 1] << 16 | this[at + 2] << 8 | this[at + 3]);
        }
    }

    const made = (value, encoding, length) =>
        typeof value === 'number' ? Bytes.alloc(value) : Bytes.from(value, encoding, length);
    globalThis.Buffer = new Proxy(Bytes, {
        apply: (_, __, args) => made(...args),
        // Typed array methods construct through the species; everything else is `new Buffer(…)`.
        construct: (target, args, self) =>
            args[0] instanceof ArrayBuffer || typeof args[0] === 'number' ? Reflect.construct(target, args, target) : made(...args)
    });
    Bytes.prototype.constructor = globalThis.Buffer;
    Object.defineProperty(Bytes, 'name', { value: 'Buffer' });

    globalThis.TextEncoder = class TextEncoder {
        encode(text = '') {
            return Uint8Array.from(encodeUtf8(text));
        }
    };
    globalThis.TextDecoder = class TextDecoder {
        decode(bytes = []) {
            return decodeUtf8(bytes instanceof ArrayBuffer ? new Uint8Array(bytes) : bytes);
        }
    };
    globalThis.btoa = text => {
        if (/[^\0-\xff]/.test(text)) throw new Error('Invalid character');
        return toBase64(latin1(text, 255));
    };
    globalThis.atob = text => toLatin1(fromBase64(text), 255);
    globalThis.structuredClone = value => value === undefined ? undefined : JSON.parse(JSON.stringify(value));
    globalThis.queueMicrotask = work => { Promise.resolve().then(work); };
    globalThis.global = globalThis;
    globalThis.process = {
        env: {}, argv: [], platform: 'linux', version: 'v20.0.0', versions: { node: '20.0.0' },
        nextTick: (work, ...args) => { Promise.resolve().then(() => work(...args)); }, cwd: () => '/', on() {}
    };
    jackfield.library('buffer', () => ({ Buffer: globalThis.Buffer }));
    jackfield.library(['safe-buffer', 'safer-buffer'], () => ({ Buffer: globalThis.Buffer }));
    jackfield.library('btoa', () => text => globalThis.Buffer.from(text, 'latin1').toString('base64'));
    jackfield.library('base-64', () => ({ encode: globalThis.btoa, decode: globalThis.atob }));
})();
