// The frame in which an imported module runs: libraries by name, modules by path, and sessions.
// A session is one connect, refresh or test of one account. Modules are evaluated anew for each, so that what
// they keep in variables of their own never goes from one account to another.
'use strict';
delete globalThis.WebAssembly;
delete globalThis.SharedArrayBuffer;
delete globalThis.Atomics;
// The engine's own timers run outside of any step; a session has timers of its own.
for (const name of ['setTimeout', 'clearTimeout']) Reflect.set(globalThis, name, undefined);

const jackfield = (() => {
    const libraries = new Map(); // package name -> factory(session)
    const modules = new Map(); // path -> (setTimeout, …) => function (module, exports, require, …)
    const sessions = new Map();
    const MOST_SESSIONS = 64;
    const about = { main: '', names: {} };

    class MissingPackage extends Error {
        constructor(name) {
            super(`it needs the package “${name}”, which cannot be had here`);
            this.name = 'MissingPackage';
            this.missing = name;
        }
    }

    // Stands for a package that cannot be had: it may be looked at while a module is read, and fails in use.
    function absent(name, session) {
        const use = () => {
            if (!session.reading) throw new MissingPackage(name);
            return absent(name, session);
        };
        return new Proxy(function () {}, {
            get(target, key) {
                if (key === 'prototype') return target.prototype;
                if (key === Symbol.toPrimitive) return () => '';
                return typeof key === 'symbol' || key === 'then' ? undefined : absent(name, session);
            },
            apply: use,
            construct: use,
            has: () => true
        });
    }

    function joined(from, name) {
        const steps = from.split('/').slice(0, -1);
        for (const part of name.split('/')) {
            if (part === '..' && steps.length && steps[steps.length - 1] !== '..') steps.pop();
            else if (part !== '.' && part !== '') steps.push(part);
        }
        return steps.join('/');
    }

    function found(path) {
        return [path, `${path}.js`, `${path}.json`, `${path}/index.js`].find(p => modules.has(p));
    }

    function load(session, path) {
        if (session.loaded.has(path)) return session.loaded.get(path).exports;
        const module = { exports: {}, id: path, filename: path, loaded: false };
        session.loaded.set(path, module);
        const scope = session.scope;
        const framed = modules.get(path)(
            scope.setTimeout, scope.clearTimeout, scope.setInterval, scope.clearTimeout, scope.setImmediate,
            scope.fetch, scope.console, scope.crypto
        );
        const require = name => provide(session, path, name);
        framed.call(module.exports, module, module.exports, require, `/${path}`, '/');
        module.loaded = true;
        return module.exports;
    }

    function provide(session, from, asked) {
        const name = asked.replace(/^node:/, '');
        if (name.startsWith('.')) {
            const path = found(joined(from, name));
            if (path) return load(session, path);
            session.absent.add(asked);
            return absent(asked, session);
        }
        if (session.libraries.has(name)) return session.libraries.get(name);
        if (!libraries.has(name)) {
            session.absent.add(asked);
            return absent(asked, session);
        }
        session.libraries.set(name, {}); // two libraries that use each other
        const made = libraries.get(name)(session);
        session.libraries.set(name, made);
        return made;
    }

    function open(id) {
        const session = {
            id, reading: true, loaded: new Map(), libraries: new Map(), absent: new Set(),
            effects: [], waiting: new Map(), count: 0, outcome: null, context: {}, definition: null, timers: new Set()
        };
        // Something that only the program outside can do: a request or a pause.
        session.ask = (kind, detail) => new Promise((resolve, reject) => {
            const call = ++session.count;
            session.waiting.set(call, { resolve, reject });
            session.effects.push({ call, kind, ...detail });
        });
        session.use = name => provide(session, '', name);
        session.scope = session.use('jackfield/scope');
        sessions.set(id, session);
        if (sessions.size > MOST_SESSIONS) sessions.delete(sessions.keys().next().value);
        try {
            if (!modules.has(about.main)) throw new Error('There is no module to run.');
            session.exports = load(session, about.main);
            if (session.exports && session.exports.default && !session.exports.definition) {
                session.exports = session.exports.default;
            }
        } catch (error) {
            sessions.delete(id);
            throw error;
        } finally {
            session.reading = false;
        }
        return session;
    }

    return {
        about, MissingPackage, sessions, open, offered: () => [...libraries.keys()],
        library: (names, factory) => [names].flat().forEach(name => libraries.set(name, factory)),
        module: (path, factory) => modules.set(path, factory),
        json: (path, data) => modules.set(path, () => module => { module.exports = data; }),
        main: path => { about.main = path; },
        names: names => { about.names = names; }
    };
})();
