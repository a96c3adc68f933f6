import { EgainAuthModule } from '@egain-auth/nestjs';
import { type DynamicModule, Module } from '@nestjs/common';
import { AgentController } from './agent.controller.ts';
import { ArticlesService } from './articles.service.ts';
import { CatalogController } from './catalog.controller.ts';
import { ConfigModule, ConfigService } from './config.ts';
import { CrmController } from './crm.controller.ts';
import { CrmSessions } from './crm.sessions.ts';
import { PartnerController } from './partner.controller.ts';
import { PartnerService } from './partner.service.ts';

@Module({
  imports: [
    EgainAuthModule.forRootAsync({ inject: [ConfigService], useFactory: (config: ConfigService) => config.egain }),
  ],
  controllers: [AgentController, CrmController, CatalogController, PartnerController],
  providers: [ArticlesService, CrmSessions, PartnerService],
})
// biome-ignore lint/complexity/noStaticOnlyClass: what Nest calls a module
export class AppModule {
  static with(config: ConfigService): DynamicModule {
    return { module: AppModule, imports: [ConfigModule.with(config)] };
  }
}
