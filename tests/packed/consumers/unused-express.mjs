import '@egain-auth/express';
