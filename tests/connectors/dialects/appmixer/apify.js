module.exports = {

type: 'apiKey',

definition: {

auth: {
    apiUserId: { type: 'text', name: 'User ID' },
    apiToken: { type: 'text', name: 'API token' }
},

validate: {
    'method': 'GET',
    'uri': 'https://api.apify.com/v2/users/{{apiUserId}}?token={{apiToken}}'
},

 validateErrCallback: err => {

    if (err?.someNestedObject?.message) {
        throw new Error(err.someNestedObject.message);  // message for the UI
    }
    throw err;
}
}
};
