module.exports = {

    type: 'oauth2',

    definition: () => ({

        // telling Appmixer it cannot refresh it sooner than 30 seconds 
        // before access token expiration
        refreshBeforeExp: 30,
        refreshBeforeExpUnits: 'seconds',   // 'minutes' by default
        
        // the rest is business as usual
        authUrl: 'https://www.acme.com/oaut2/authorize'

        , requestAccessToken: 'https://www.acme.com/oaut2/token'
    })
}
