import '@egain-auth/core';
