// The functions of lodash that sign-in modules use.
'use strict';
(() => {
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
})();
