'use strict';
const GoogleApi = require('googleapis');
const Promise = require('bluebird');

module.exports = {

    type: 'oauth2',

    definition: initData => {

        return {

            // The auth.js 'definition' object can have an optional 
            // 'connectAccountButton' property, which has to contain the 'image'.
            connectAccountButton: { image: '' },

            scope: ['profile', 'email'],

            accountNameFromProfileInfo: function(context) {

                return context.profileInfo.email;
            },

            authUrl: 'https://accounts.google.com/o/oauth2/v2/auth',

            requestAccessToken: 'https://oauth2.googleapis.com/token',

            requestProfileInfo: 'https://www.googleapis.com/oauth2/v2/userinfo'
        };
    }
};
