// `import STUNKit` is enough: its API names these modules' types.
@_exported import IPAddresses
@_exported import STUNMessages
