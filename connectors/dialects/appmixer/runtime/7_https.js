// Node's own http and https, as far as modules use them: request and get, with events.
'use strict';
for (const protocol of ['http', 'https']) {
    jackfield.library(protocol, session => {
        const { HeaderList, send, addressed, lower, basic } = session.use('jackfield/http');
        const EventEmitter = session.use('events');

        function options(args) {
            const done = args.find(arg => typeof arg === 'function');
            const [first, second] = args.filter(arg => typeof arg !== 'function');
            const isAddress = typeof first === 'string' || first instanceof URL;
            const more = { ...(isAddress ? second : first) };
            const host = more.hostname ?? String(more.host ?? 'localhost').replace(/:\d+$/, '');
            const port = more.port ? `:${more.port}` : '';
            const target = isAddress ? String(first) : `${more.protocol ?? `${protocol}:`}//${host}${port}${more.path ?? '/'}`;
            return { more, target, done };
        }

        function request(...args) {
            const { more, target, done } = options(args);
            const { url, user } = addressed(target);
            const headers = new HeaderList(more.headers);
            const parts = [];
            const sent = new EventEmitter();
            if (done) sent.on('response', done);
            if (more.auth ?? user) headers.set('Authorization', basic(more.auth ?? user), true);
            Object.assign(sent, {
                setHeader: (name, value) => headers.set(name, value), setTimeout: () => sent, destroy() {}, abort() {},
                write: part => { parts.push(Buffer.from(part)); return true; },
                end(part) {
                    if (typeof part === 'string' || Buffer.isBuffer(part)) sent.write(part);
                    const body = parts.length ? Buffer.concat(parts) : null;
                    const method = (more.method ?? 'GET').toUpperCase();
                    send({ method, url: url.href, headers, body, timeout: more.timeout }, { most: 0 })
                        .then(answered, error => sent.emit('error', error));
                    return sent;
                }
            });
            function answered(got) {
                let encoding;
                const response = Object.assign(new EventEmitter(), {
                    statusCode: got.status, statusMessage: got.statusText, headers: lower(got.headers),
                    setEncoding: name => { encoding = name; }, resume() {}
                });
                Object.defineProperty(response, 'answer', { value: got.answer });
                sent.emit('response', response);
                queueMicrotask(() => {
                    if (got.body.length) response.emit('data', encoding ? got.body.toString(encoding) : got.body);
                    response.emit('end');
                });
            }
            return sent;
        }

        class Agent {}
        return { request, get: (...args) => request(...args).end(), Agent, globalAgent: new Agent() };
    });
}
