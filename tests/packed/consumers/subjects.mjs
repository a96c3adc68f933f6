import { customer, user } from '@egain-auth/core';

console.log(user({ username: 'pa' }), customer({ email: 'jane@example.com' }));
