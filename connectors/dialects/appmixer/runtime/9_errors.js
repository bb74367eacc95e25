// What a module throws, as the program outside understands it, and the error that it is given to word.
'use strict';
jackfield.errors = (() => {
    class InvalidTokenError extends Error {
        constructor(message) {
            super(message ?? 'The token is not valid.');
            this.name = 'InvalidTokenError';
        }
    }

    // The error that a module would have been given: the answer's body with everything that libraries add.
    async function worded(session, step) {
        const { status, body, message } = session.context.error;
        const error = new Error(message || `Request failed with status code ${status}`);
        const response = { status, statusCode: status, data: body, body, headers: {} };
        const members = { name: 'StatusCodeError', statusCode: status, status, error: body, response, isAxiosError: true };
        Object.assign(error, body && typeof body === 'object' && !Array.isArray(body) ? body : {}, members);
        error.message ||= message;
        try {
            const said = await step.call(session.definition, error);
            return typeof said === 'string' ? said : '';
        } catch (thrown) {
            return thrown === error ? '' : String(thrown?.message ?? thrown ?? '');
        }
    }

    function failure(error) {
        const chain = [error, error?.cause, error?.error, error?.response, error?.cause?.response];
        const failed = chain.map(e => e?.failure).find(Boolean);
        const answer = chain.map(e => e?.answer).find(Boolean);
        const message = String(typeof error === 'string' ? error : error?.message ?? error?.error ?? JSON.stringify(error) ?? '');
        const about = { message, answer, failure: failed, missing: error?.missing, name: error?.name ?? '' };
        if (error instanceof InvalidTokenError || about.name === 'InvalidTokenError') return { ...about, kind: 'invalid' };
        if (error?.missing) return { ...about, kind: 'missing' };
        if (failed) return { ...about, kind: 'failure' };
        if (answer) return { ...about, kind: 'answer' };
        const mistakes = [TypeError, ReferenceError, SyntaxError, RangeError];
        return { ...about, kind: mistakes.some(kind => error instanceof kind) ? 'mistake' : 'refused' };
    }

    return { InvalidTokenError, worded, failure };
})();
