// Writes expected.json: what each case of cases.js sends under Node. By hand, when a case is added:
//   npm install axios request request-promise request-promise-native bluebird oauth lodash qs
//   NODE_PATH=node_modules node record.js
'use strict';
const fs = require('fs');
const http = require('http');
const axios = require('axios');
const { cases } = require('./cases.js');

const KEPT = /^(content-type|authorization|x-.*)$/;
let seen = [];

// The same answers as in test_wire.py.
function answer(path) {
    if (path === '/echo') return [200, { 'Content-Type': 'application/json; charset=utf-8' }, JSON.stringify({ ok: true, n: 'é' })];
    if (path === '/text') return [200, { 'Content-Type': 'text/plain' }, 'pläin'];
    if (path.startsWith('/status/')) return [Number(path.split('/')[2]), { 'Content-Type': 'application/json' }, '{"error": "bad", "m": [1]}'];
    if (path.startsWith('/redirect/')) return [Number(path.split('/')[2]), { Location: '/landed?x=a%20b' }, ''];
    if (path === '/rt' || path === '/at') return [200, { 'Content-Type': 'text/plain' }, 'oauth_token=tt&oauth_token_secret=ss&extra=1'];
    return [200, { 'Content-Type': 'application/json' }, '{}'];
}

const server = http.createServer((req, res) => {
    const parts = [];
    req.on('data', part => parts.push(part));
    req.on('end', () => {
        const headers = Object.fromEntries(Object.entries(req.headers).filter(([name]) => KEPT.test(name)));
        seen.push({ method: req.method, target: req.url, headers, body: Buffer.concat(parts).toString() });
        const [status, more, body] = answer(req.url.split('?')[0]);
        res.writeHead(status, more);
        res.end(req.method === 'HEAD' ? undefined : body);
    });
});

server.listen(0, '127.0.0.1', async () => {
    const base = `http://127.0.0.1:${server.address().port}`;
    const expected = {};
    for (const [name, send] of Object.entries(cases)) {
        seen = [];
        await send({ base, httpRequest: axios });
        expected[name] = seen;
    }
    fs.writeFileSync(`${__dirname}/expected.json`, `${JSON.stringify(expected, null, 1)}\n`);
    process.exit(0);
});
