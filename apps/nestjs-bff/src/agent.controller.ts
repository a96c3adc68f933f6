import { type ApiClient, EgainApi, type EgainIdentity, Identity, RequiresAuth } from '@egain-auth/nestjs';
import { Controller, Get, Inject, Query } from '@nestjs/common';
import { map, type Observable } from 'rxjs';
import { ArticlesService } from './articles.service.ts';
import { type Listing, portalNames, searchText } from './knowledge.ts';

/** An agent signs in at eGain. Nobody opens these as a page: whoever is not signed in gets JSON that says where to. */
@Controller('api/agent')
@RequiresAuth({ as: 'user', unauthenticated: 'json' })
export class AgentController {
  constructor(@Inject(ArticlesService) private readonly articles: ArticlesService) {}

  @Get('portals')
  async portals(@EgainApi() api: ApiClient, @Identity() identity: EgainIdentity): Promise<Listing> {
    return { as: nameOf(identity), items: await portalNames(api) };
  }

  @Get('articles')
  search(@Query('q', searchText) q: string, @Identity() identity: EgainIdentity): Observable<Listing> {
    return this.articles.search(q).pipe(map((items) => ({ as: nameOf(identity), items })));
  }
}

const nameOf = ({ name = 'somebody' }: EgainIdentity): string => name;
