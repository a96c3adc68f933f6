import { EgainAuthModule } from '@egain-auth/nestjs';
import { Module } from '@nestjs/common';
import { AppController } from './app.controller';

@Module({
  imports: [EgainAuthModule.forRoot()],
  controllers: [AppController],
})
export class AppModule {}
