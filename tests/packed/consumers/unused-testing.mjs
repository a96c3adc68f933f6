import '@egain-auth/testing';
