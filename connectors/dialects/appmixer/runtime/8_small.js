// Small packages that sign-in modules lean on: bluebird, util, path, events, lodash, moment.
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

    const steps = path => (Array.isArray(path) ? path : String(path).replace(/\[(\w+)\]/g, '.$1').split('.'));
    const get = (data, path, other) => steps(path).reduce((at, key) => (at === null || at === undefined ? undefined : at[key]), data) ?? other;
    const by = rule => (typeof rule === 'function' ? rule : typeof rule === 'string' ? v => get(v, rule)
        : Array.isArray(rule) ? v => get(v, rule[0]) === rule[1] : v => Object.entries(rule ?? {}).every(([n, x]) => v?.[n] === x));
    const entries = data => (Array.isArray(data) ? data.map((v, i) => [i, v]) : Object.entries(data ?? {}));
    const values = data => entries(data).map(([, v]) => v);
    const isObject = v => v !== null && (typeof v === 'object' || typeof v === 'function');
    const isPlain = v => isObject(v) && [Object.prototype, null].includes(Object.getPrototypeOf(v));
    const merge = (target, ...sources) => {
        for (const source of sources) {
            for (const [n, v] of Object.entries(source ?? {})) {
                if (isPlain(v)) target[n] = merge(isPlain(target[n]) ? target[n] : {}, v);
                else if (v !== undefined) target[n] = v;
            }
        }
        return target;
    };
    const trimmer = (text, chars, start, end) => {
        if (chars === undefined) return start && end ? String(text ?? '').trim() : start ? String(text ?? '').trimStart() : String(text ?? '').trimEnd();
        let out = [...String(text ?? '')];
        while (start && out.length && chars.includes(out[0])) out = out.slice(1);
        while (end && out.length && chars.includes(out[out.length - 1])) out.pop();
        return out.join('');
    };
    const words = text => String(text ?? '').match(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+/g) ?? [];
    const upperFirst = text => text.charAt(0).toUpperCase() + text.slice(1);
    const lodash = {
        get, values, merge, isObject, isPlainObject: isPlain, keys: data => Object.keys(data ?? {}), has: (d, p) => get(d, p) !== undefined,
        set(data, path, value) {
            const all = steps(path);
            const last = all.pop();
            const at = all.reduce((here, key) => (isObject(here[key]) ? here[key] : (here[key] = {})), data);
            at[last] = value;
            return data;
        },
        pick: (data, ...names) => Object.fromEntries(names.flat().filter(n => n in (data ?? {})).map(n => [n, data[n]])),
        omit: (data, ...names) => Object.fromEntries(Object.entries(data ?? {}).filter(([n]) => !names.flat().includes(n))),
        pickBy: (data, rule = v => v) => Object.fromEntries(Object.entries(data ?? {}).filter(([n, v]) => rule(v, n))),
        omitBy: (data, rule) => Object.fromEntries(Object.entries(data ?? {}).filter(([n, v]) => !rule(v, n))),
        mapValues: (data, rule) => Object.fromEntries(Object.entries(data ?? {}).map(([n, v]) => [n, by(rule)(v, n)])),
        map: (data, rule) => entries(data).map(([n, v]) => by(rule)(v, n)), filter: (data, rule) => values(data).filter(by(rule)),
        find: (data, rule) => values(data).find(by(rule)), some: (data, rule) => values(data).some(by(rule)),
        every: (data, rule) => values(data).every(by(rule)), findIndex: (data, rule) => data.findIndex(by(rule)),
        forEach: (data, work) => { entries(data).forEach(([n, v]) => work(v, n)); return data; },
        reduce: (data, work, first) => entries(data).reduce((sum, [n, v]) => work(sum, v, n), first),
        sortBy: (data, rule) => [...values(data)].sort((a, b) => (by(rule)(a) < by(rule)(b) ? -1 : 1)),
        keyBy: (data, rule) => Object.fromEntries(values(data).map(v => [by(rule)(v), v])),
        isEmpty: v => (isObject(v) ? Object.keys(v).length === 0 : typeof v !== 'string' || v === ''),
        isString: v => typeof v === 'string', isNumber: v => typeof v === 'number', isFunction: v => typeof v === 'function',
        isArray: Array.isArray, isNil: v => v === null || v === undefined, isUndefined: v => v === undefined, isNull: v => v === null,
        isBoolean: v => typeof v === 'boolean', isEqual: (a, b) => JSON.stringify(a) === JSON.stringify(b),
        first: list => list?.[0], head: list => list?.[0], last: list => list?.[list.length - 1], compact: list => list.filter(Boolean),
        uniq: list => [...new Set(list)], flatten: list => list.flat(), includes: (list, v) => values(list).includes(v),
        join: (list, mark) => list.join(mark), split: (text, mark) => text.split(mark), concat: (list, ...more) => list.concat(...more),
        assign: Object.assign, extend: Object.assign, cloneDeep: v => (v === undefined ? v : JSON.parse(JSON.stringify(v))), clone: v => ({ ...v }),
        defaults: (data, ...more) => Object.assign(data, ...more.reverse(), { ...data }), noop() {}, toString: v => (v ?? '').toString(),
        trim: (t, c) => trimmer(t, c, true, true), trimStart: (t, c) => trimmer(t, c, true, false), trimEnd: (t, c) => trimmer(t, c, false, true),
        startsWith: (t, s) => t.startsWith(s), endsWith: (t, s) => t.endsWith(s), toLower: t => t.toLowerCase(), toUpper: t => t.toUpperCase(),
        camelCase: t => words(t).map((w, i) => (i ? upperFirst(w.toLowerCase()) : w.toLowerCase())).join(''),
        snakeCase: t => words(t).join('_').toLowerCase(), kebabCase: t => words(t).join('-').toLowerCase(),
        capitalize: t => upperFirst(String(t).toLowerCase()), upperFirst, random: (a, b) => a + Math.floor(Math.random() * (b - a + 1))
    };
    lodash.each = lodash.forEach;
    jackfield.library(['lodash', 'underscore'], () => lodash);
    for (const [name, work] of Object.entries(lodash)) jackfield.library([`lodash/${name}`, `lodash.${name.toLowerCase()}`], () => work);

    const UNITS = { ms: 1, s: 1e3, m: 6e4, h: 36e5, d: 864e5, w: 6048e5 };
    const unitOf = name => {
        if (/^(ms|milliseconds?)$/.test(name ?? 'ms')) return 1;
        return UNITS[/^(M|months?|y|years?|Q)/.test(name) ? undefined : name[0]];
    };
    class Moment {
        constructor(value) {
            this.date = value === undefined ? new Date() : value instanceof Moment ? new Date(value.date) : new Date(value);
        }

        add(amount, unit) {
            const months = { M: 1, month: 1, months: 1, y: 12, year: 12, years: 12 }[unit];
            if (months) this.date.setUTCMonth(this.date.getUTCMonth() + Number(amount) * months);
            else this.date = new Date(this.date.getTime() + Number(amount) * unitOf(unit));
            return this;
        }

        subtract(amount, unit) { return this.add(-amount, unit); }

        toDate() { return new Date(this.date); }

        valueOf() { return this.date.getTime(); }

        unix() { return Math.floor(this.date.getTime() / 1000); }

        toISOString() { return this.date.toISOString(); }

        toJSON() { return this.date.toJSON(); }

        toString() { return this.date.toString(); }

        clone() { return new Moment(this); }

        utc() { return this; }

        local() { return this; }

        isValid() { return !Number.isNaN(this.date.getTime()); }

        isBefore(other) { return this.date < new Moment(other).date; }

        isAfter(other) { return this.date > new Moment(other).date; }

        diff(other, unit) { return Math.trunc((this.date - new Moment(other).date) / unitOf(unit)); }

        format(pattern) {
            const [, Y, M, D, h, m, s, f] = /^(\d+)-(\d+)-(\d+)T(\d+):(\d+):(\d+)\.(\d+)/.exec(this.date.toISOString());
            const all = { YYYY: Y, MM: M, DD: D, HH: h, mm: m, ss: s, SSS: f, X: this.unix(), x: this.valueOf(), Z: '+00:00', ZZ: '+0000' };
            return (pattern ?? 'YYYY-MM-DDTHH:mm:ssZ').replace(/\[([^\]]*)\]|YYYY|SSS|MM|DD|HH|mm|ss|ZZ|X|x|Z/g, (token, text) => text ?? all[token]);
        }
    }
    const moment = Object.assign(value => new Moment(value), {
        utc: value => new Moment(value), unix: seconds => new Moment(seconds * 1000), isMoment: v => v instanceof Moment
    });
    jackfield.library(['moment', 'moment-timezone', 'dayjs'], () => moment);
})();
