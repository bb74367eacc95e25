// Reading a module: its structure as data, with the text of its functions. Runs once, at import.
'use strict';
(() => {
    const DEEPEST = 12;

    // A context in which every name stands for its own template; what was looked at is remembered.
    // A name that has to be an address to be read at all is one in the second attempt.
    function sample(session, read, address) {
        const known = session.context;
        const nested = new Proxy({}, { get: (_, name) => (typeof name === 'symbol' ? undefined : taken(name)) });
        const taken = name => {
            read.add(name);
            if (address) return name === 'scope' ? [] : 'https://sample.invalid';
            return name === 'scope' ? ['{{scope}}'] : `{{${name}}}`;
        };
        return new Proxy(known, {
            get(target, name) {
                if (typeof name === 'symbol' || name === 'then' || name in target) return target[name];
                return ['auth', 'config', 'profileInfo'].includes(name) ? nested : taken(name);
            }
        });
    }

    function tree(value, depth = 0) {
        if (typeof value === 'function') return { $function: Function.prototype.toString.call(value) };
        if (value === null || ['string', 'boolean'].includes(typeof value)) return value;
        if (typeof value === 'number') return Number.isFinite(value) ? value : null;
        if (value instanceof Date || value instanceof URL) return value.toJSON();
        if (typeof value !== 'object' || depth > DEEPEST) return undefined;
        if (Array.isArray(value)) return value.map(item => tree(item, depth + 1));
        const out = {};
        for (let at = value; at && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
            for (const name of Object.getOwnPropertyNames(at)) {
                if (name !== 'constructor' && !(name in out)) out[name] = tree(value[name], depth + 1);
            }
        }
        return out;
    }

    jackfield.describe = seed => {
        jackfield.seed(seed);
        const session = jackfield.open('describe');
        jackfield.prepare(session);
        const read = new Set();
        session.reading = true; // what needs a missing package is found by name, not by running into it
        jackfield.settle(session, (async () => {
            let context = sample(session, read, false);
            let unsure = false;
            let definition;
            try {
                definition = await jackfield.definitionOf(session, context);
            } catch {
                context = sample(session, read, true);
                unsure = true;
                definition = await jackfield.definitionOf(session, context);
            }
            const scope = typeof definition?.scope === 'function' ? definition.scope(context) : undefined;
            return {
                type: session.exports?.type ?? null, name: session.exports?.name ?? null, label: session.exports?.label ?? null,
                definition: tree(definition), scope, unsure, reads: [...read], absent: [...session.absent], offered: jackfield.offered()
            };
        })());
    };
})();
