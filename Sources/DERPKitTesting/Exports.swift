// Tests need only `import DERPKitTesting`, whose API uses types of this module.
@_exported import DERPKit
