import '@egain-auth/koa';
