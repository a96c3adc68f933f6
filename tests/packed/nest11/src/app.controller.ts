import { type ApiClient, EgainApi, EgainHttpService, OnBehalfOf, RequiresAuth, user } from '@egain-auth/nestjs';
import { Controller, Get } from '@nestjs/common';

const MY_DETAILS = '/knowledge/portalmgr/v4/portals/user';
const pat = { scope: ['knowledge.portalmgr.onbehalfof.read'] } as const;

@Controller()
export class AppController {
  constructor(private readonly http: EgainHttpService) {}

  @Get('desk')
  @RequiresAuth({ as: 'user' })
  desk() {
    return 'closed';
  }

  @Get('crm')
  @OnBehalfOf(() => user({ username: 'pa' }), pat)
  crm(@EgainApi() api: ApiClient) {
    return api.get(MY_DETAILS);
  }

  @Get('observed')
  @OnBehalfOf(() => user({ username: 'pa' }), pat)
  observed() {
    return this.http.get(MY_DETAILS);
  }
}
