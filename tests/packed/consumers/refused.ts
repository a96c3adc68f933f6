// What must not compile: a comment of these without an error in the line below it is an error itself.
import { egainAuth, onBehalfOf, requiresAuth, user } from '@egain-auth/express';
import { type ApiClient, EgainApi, EgainAuthModule, OnBehalfOf, RequiresAuth } from '@egain-auth/nestjs';
import { Controller, Get } from '@nestjs/common';
import express from 'express';

const app = express();
// @ts-expect-error an option of another type
app.use(egainAuth({ clientId: 1 }));
// @ts-expect-error nobody is neither a user nor a customer
app.use(requiresAuth({ as: 'nobody' }));
// @ts-expect-error a scope of the application itself
app.use(onBehalfOf(() => user({ username: 'pa' }), { scope: ['app.knowledge.portalmgr.read'] }));
// @ts-expect-error a name alone does not say whose it is
app.use(onBehalfOf(() => 'pa', { scope: ['knowledge.portalmgr.onbehalfof.read'] }));
app.get('/', async (req, res) => {
  // @ts-expect-error misspelt
  res.send(req.egain.identty?.name);
  // @ts-expect-error anything would be a number, if it were any
  Math.abs(req.egain);
  const answer = await req.egain.api.get('/knowledge/portalmgr/v4/myportals');
  // @ts-expect-error likewise
  Math.abs(answer);
});

// @ts-expect-error misspelt
EgainAuthModule.forRoot({ cilentId: 'shop' });
// @ts-expect-error a guard is global or none
EgainAuthModule.forRoot({ guard: 'everywhere' });

@Controller()
export class ArticlesController {
  // @ts-expect-error nobody is neither a user nor a customer
  @RequiresAuth({ as: 'nobody' })
  // @ts-expect-error a scope of the application itself
  @OnBehalfOf(() => user({ username: 'pa' }), { scope: ['app.knowledge.portalmgr.read'] })
  // @ts-expect-error a name alone does not say whose it is
  @OnBehalfOf(() => 'pa')
  @Get()
  articles(@EgainApi() api: ApiClient) {
    // @ts-expect-error misspelt
    return api.gett('/knowledge/portalmgr/v4/myportals');
  }
}
