import 'reflect-metadata';
import { fakeEgain } from '@egain-auth/testing';
import { describe, expect, test } from '@jest/globals';
import { Controller, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  EGAIN_AUTH,
  EgainApi,
  EgainAuthModule,
  EgainContext,
  Identity,
  OnBehalfOf,
  Public,
  RequiresAuth,
  user,
} from '../src/index.ts';

// JavaScript takes them all, and TypeScript some.
const onMethod = (decorator: unknown) => decorator as MethodDecorator;
const onClass = (decorator: unknown) => decorator as ClassDecorator;
const onParameter = (decorator: unknown) => decorator as ParameterDecorator;

const FACTORIES = [
  ['RequiresAuth', 'RequiresAuth()', RequiresAuth],
  ['Public', 'Public()', Public],
  ['OnBehalfOf', 'OnBehalfOf((context) => user({ username }))', OnBehalfOf],
] as const;

describe('a decorator', () => {
  test.each(FACTORIES)('F76: @%s of a method says to call it', (name, call, factory) => {
    expect(() => {
      class DeskController {
        @onMethod(factory) desk() {}
        @onMethod(factory) static desk() {}
      }
      return DeskController;
    }).toThrow(new TypeError(`@${name} was written without calling it. Call it: @${call}`));
  });

  test.each(FACTORIES)('F76: @%s of a class says to call it', (name, call, factory) => {
    expect(() => {
      @Controller()
      @onClass(factory)
      class DeskController {}
      return DeskController;
    }).toThrow(new TypeError(`@${name} was written without calling it. Call it: @${call}`));
  });

  test('T117: @RequiresAuth whose option is wrong is refused when it is created', () => {
    expect(() => RequiresAuth('user' as never)).toThrow('RequiresAuth() takes an object');
    expect(() => RequiresAuth({ scopes: ['a'] } as never)).toThrow('RequiresAuth() has no option "scopes"');
    expect(() => RequiresAuth({ as: 'user', name: 'second' })).not.toThrow();
  });

  test.each([
    ['EgainContext', EgainContext],
    ['EgainApi', EgainApi],
    ['Identity', Identity],
  ])('F76: @%s of a parameter says to call it', (name, factory) => {
    expect(() => {
      class DeskController {
        desk(@onParameter(factory) _parameter: unknown) {}
      }
      return DeskController;
    }).toThrow(new TypeError(`@${name} was written without calling it. Call it: @${name}()`));
  });

  test('F76: @OnBehalfOf without a function fails when it is called', () => {
    const message = '@OnBehalfOf() takes a function. Write @OnBehalfOf((context) => user({ username }))';
    expect(() => OnBehalfOf(...([] as unknown as [() => never]))).toThrow(message);
    expect(() => OnBehalfOf(user({ username: 'pa' }) as unknown as () => never)).toThrow(message);
  });
});

describe('EgainAuthModule', () => {
  const message = 'EgainAuthModule was imported without calling forRoot()';

  test('F76: imported without forRoot() says to call it', async () => {
    await expect(Test.createTestingModule({ imports: [EgainAuthModule] }).compile()).rejects.toThrow(message);
  });

  test('F76: imported again without forRoot() in a feature module says to call it once', async () => {
    class FeatureModule {}
    Module({ imports: [EgainAuthModule] })(FeatureModule);
    const imports = [EgainAuthModule.forRoot({ isGlobal: true }), FeatureModule];
    const compiling = Test.createTestingModule({ imports })
      .overrideProvider(EGAIN_AUTH)
      .useValue(fakeEgain())
      .compile();
    await expect(compiling).rejects.toThrow(message);
  });
});
