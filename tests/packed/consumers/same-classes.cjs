// Loaded both ways, a package is one: `instanceof` agrees whoever threw.
void (async () => {
  for (const name of ['core', 'express', 'koa', 'nestjs', 'testing']) {
    const required = require(`@egain-auth/${name}`);
    const imported = await import(`@egain-auth/${name}`);
    const names = Object.keys(required).filter((key) => key !== '__esModule' && key !== 'module.exports');
    const different = names.filter((key) => required[key] !== imported[key]);
    console.log(JSON.stringify([name, names.length > 0, different]));
  }
})();
