// moment and dayjs: moments in UTC, sums and differences, the usual formats.
'use strict';
(() => {
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
