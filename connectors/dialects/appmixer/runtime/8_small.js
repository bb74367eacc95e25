// Small packages that sign-in modules lean on: bluebird, util, path, events, assert.
'use strict';
(() => {
    const IDENTIFIER = /^(?!_)[a-zA-Z$][\w$]*$/;
    function promisified(work, self, { multiArgs = false } = {}, Kind = Promise) {
        return function (...args) {
            return new Kind((resolve, reject) => {
                work.call(self ?? this, ...args, (error, ...values) =>
                    (error ? reject(error) : resolve(multiArgs ? values : values[0])));
            });
        };
    }

    class Bluebird extends Promise {
        static try(work) { return new Bluebird(resolve => resolve(work())); }

        static method(work) { return (...args) => Bluebird.try(() => work(...args)); }

        static delay(ms, value) { return Bluebird.resolve(value).delay(ms); }

        static map(list, work) {
            return Bluebird.resolve(list).then(all => Bluebird.all(all)).then(all => Bluebird.all(all.map((v, i) => work(v, i))));
        }

        static each(list, work) { return Bluebird.mapSeries(list, work).then(() => list); }

        static mapSeries(list, work) {
            return Bluebird.resolve(list).then(async all => {
                const out = [];
                for (const [i, item] of [...all].entries()) out.push(await work(await item, i));
                return out;
            });
        }

        static reduce(list, work, first) {
            return Bluebird.resolve(list).then(async all => {
                let sum = first;
                for (const item of all) sum = await work(sum, await item);
                return sum;
            });
        }

        static props(data) {
            const names = Object.keys(data);
            return Bluebird.all(names.map(n => data[n])).then(all => Object.fromEntries(names.map((n, i) => [n, all[i]])));
        }

        static join(...args) {
            const work = typeof args[args.length - 1] === 'function' ? args.pop() : (...all) => all;
            return Bluebird.all(args).then(all => work(...all));
        }

        static promisify(work, options = {}) { return promisified(work, options.context, options, Bluebird); }

        static promisifyAll(target, options = {}) {
            const suffix = options.suffix ?? 'Async';
            for (let at = target; at && at !== Object.prototype && at !== Function.prototype; at = Object.getPrototypeOf(at)) {
                for (const name of Object.getOwnPropertyNames(at)) {
                    if (!IDENTIFIER.test(name) || name === 'constructor' || name + suffix in target) continue;
                    if (typeof target[name] !== 'function') continue;
                    Object.defineProperty(target, name + suffix, {
                        value: promisified(target[name], undefined, options, Bluebird), configurable: true, writable: true
                    });
                }
            }
            return target;
        }

        static fromCallback(work, options) { return promisified(work, null, options, Bluebird)(); }

        delay(ms) { return this.then(value => Bluebird.pause(ms).then(() => value)); }

        tap(work) { return this.then(value => Bluebird.resolve(work(value)).then(() => value)); }

        spread(work) { return this.then(all => Promise.all(all)).then(all => work(...all)); }

        get(name) { return this.then(value => value[name]); }

        return(value) { return this.then(() => value); }

        thenReturn(value) { return this.return(value); }

        map(work) { return Bluebird.map(this, work); }

        each(work) { return Bluebird.each(this, work); }

        props() { return this.then(value => Bluebird.props(value)); }

        timeout() { return this; }

        asCallback(done) { this.then(value => done(null, value), error => done(error)); return this; }

        nodeify(done) { return this.asCallback(done); }

        // catch(SomeError, …, handler) or catch({ name: value }, handler), besides the plain form.
        catch(...args) {
            const work = args.pop();
            const fits = (kind, error) => (typeof kind === 'function'
                ? kind.prototype instanceof Error || kind === Error ? error instanceof kind : kind(error)
                : Object.entries(kind).every(([n, v]) => error?.[n] === v));
            return this.then(undefined, error => {
                if (args.length && !args.some(kind => fits(kind, error))) throw error;
                return work(error);
            });
        }
    }
    // One class serves all sessions; a pause belongs to the session that asks for it.
    jackfield.library('bluebird', session => {
        class Own extends Bluebird {}
        Object.defineProperty(Own, 'name', { value: 'Promise' });
        Bluebird.pause ??= () => Promise.resolve();
        Own.delay = (ms, value) => Own.resolve(session.ask('pause', { ms })).then(() => value);
        Own.prototype.delay = function (ms) { return this.then(value => Own.delay(ms, value)); };
        return Object.assign(Own, { Promise: Own, default: Own });
    });

    const inspect = value => {
        try {
            return typeof value === 'string' ? value : JSON.stringify(value);
        } catch {
            return String(value);
        }
    };
    const format = (text, ...args) => String(text).replace(/%[sdjo%]/g, m =>
        (m === '%%' ? '%' : args.length ? (m === '%j' || m === '%o' ? JSON.stringify(args.shift()) : String(args.shift())) : m))
        + args.map(arg => ` ${inspect(arg)}`).join('');
    const inherits = (child, parent) => { Object.setPrototypeOf(child.prototype, parent.prototype); child.super_ = parent; };
    jackfield.library('util', () => ({
        promisify: work => promisified(work), inspect, format, inherits, deprecate: work => work,
        isArray: Array.isArray, types: {}, TextEncoder, TextDecoder
    }));

    const normal = path => {
        const out = [];
        for (const part of path.split('/')) {
            if (part === '..') out.pop();
            else if (part && part !== '.') out.push(part);
        }
        return (path.startsWith('/') ? '/' : '') + out.join('/');
    };
    jackfield.library('path', () => ({
        join: (...parts) => normal(parts.filter(Boolean).join('/')), sep: '/', normalize: normal,
        resolve: (...parts) => normal(parts.reduce((all, p) => (p.startsWith('/') ? p : `${all}/${p}`), '/')),
        basename: (path, end = '') => path.split('/').pop().replace(end && new RegExp(`${end.replace('.', '\\.')}$`), ''),
        dirname: path => path.split('/').slice(0, -1).join('/') || '.', extname: path => /\.[^./]+$/.exec(path)?.[0] ?? ''
    }));
    class EventEmitter {
        #on = {};

        on(name, work) { (this.#on[name] ??= []).push(work); return this; }

        once(name, work) { return this.on(name, work); }

        emit(name, ...args) { (this.#on[name] ?? []).forEach(work => work.apply(this, args)); return name in this.#on; }

        removeAllListeners() { this.#on = {}; return this; }
    }
    jackfield.library('events', () => Object.assign(EventEmitter, { EventEmitter, default: EventEmitter }));
    const assert = (good, message) => { if (!good) throw message instanceof Error ? message : new Error(message ?? 'assertion failed'); };
    jackfield.library('assert', () => Object.assign(assert, {
        ok: assert, equal: (a, b, m) => assert(a == b, m), strictEqual: (a, b, m) => assert(a === b, m)
    }));
})();
