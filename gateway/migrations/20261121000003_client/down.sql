DROP TABLE client_secret;
DROP TABLE client;
