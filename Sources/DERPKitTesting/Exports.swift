// `import DERPKitTesting` is enough: its API names that module's types.
@_exported import DERPKit
