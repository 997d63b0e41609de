using System.Collections.Immutable;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace WsusDashboard.Agent.Tests.Iis;

/// <summary>Reads out of a compiled assembly what it takes of another one: every type, and every member with its signature.</summary>
internal sealed class ReferencedIisApi : ISignatureTypeProvider<string, object?>
{
    private readonly MetadataReader _metadata;
    private readonly string _assembly;

    private ReferencedIisApi(MetadataReader metadata, string assembly) => (_metadata, _assembly) = (metadata, assembly);

    /// <summary>Lines as "Namespace.Type" and "Type.Member(parameters) : result".</summary>
    public static (SortedSet<string> Types, SortedSet<string> Members) Read(string file, string assembly)
    {
        using var portable = new PEReader(File.OpenRead(file));
        var reader = new ReferencedIisApi(portable.GetMetadataReader(), assembly);
        return (reader.ReadTypes(), reader.ReadMembers());
    }

    public string GetPrimitiveType(PrimitiveTypeCode typeCode) => typeCode switch
    {
        PrimitiveTypeCode.Boolean => "bool",
        PrimitiveTypeCode.Int32 => "int",
        PrimitiveTypeCode.Int64 => "long",
        PrimitiveTypeCode.String => "string",
        PrimitiveTypeCode.Object => "object",
        PrimitiveTypeCode.Void => "void",
        _ => typeCode.ToString(),
    };

    public string GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) => reader.GetString(reader.GetTypeReference(handle).Name);

    public string GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) => reader.GetString(reader.GetTypeDefinition(handle).Name);

    public string GetTypeFromSpecification(MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) =>
        reader.GetTypeSpecification(handle).DecodeSignature(this, genericContext);

    public string GetGenericInstantiation(string genericType, ImmutableArray<string> typeArguments) => $"{genericType.Split('`')[0]}<{string.Join(", ", typeArguments)}>";

    public string GetGenericTypeParameter(object? genericContext, int index) => "T";

    public string GetGenericMethodParameter(object? genericContext, int index) => "TMethod";

    public string GetSZArrayType(string elementType) => elementType + "[]";

    public string GetArrayType(string elementType, ArrayShape shape) => elementType + "[,]";

    public string GetByReferenceType(string elementType) => "ref " + elementType;

    public string GetPointerType(string elementType) => elementType + "*";

    public string GetPinnedType(string elementType) => elementType;

    public string GetModifiedType(string modifier, string unmodifiedType, bool isRequired) => unmodifiedType;

    public string GetFunctionPointerType(MethodSignature<string> signature) => "function";

    private SortedSet<string> ReadTypes() => new(
        _metadata.TypeReferences.Where(IsOfTheAssembly).Select(_metadata.GetTypeReference).Select(type => $"{_metadata.GetString(type.Namespace)}.{_metadata.GetString(type.Name)}"),
        StringComparer.Ordinal);

    private SortedSet<string> ReadMembers() => new(
        _metadata.MemberReferences.Select(_metadata.GetMemberReference).Where(member => IsOfTheAssembly(member.Parent)).Select(Describe), StringComparer.Ordinal);

    private bool IsOfTheAssembly(TypeReferenceHandle handle) =>
        _metadata.GetTypeReference(handle).ResolutionScope is { Kind: HandleKind.AssemblyReference } scope
        && _metadata.GetString(_metadata.GetAssemblyReference((AssemblyReferenceHandle)scope).Name) == _assembly;

    private bool IsOfTheAssembly(EntityHandle parent) => parent.Kind switch
    {
        HandleKind.TypeReference => IsOfTheAssembly((TypeReferenceHandle)parent),
        HandleKind.TypeSpecification => IsInstanceOfTheAssembly(_metadata.GetBlobReader(_metadata.GetTypeSpecification((TypeSpecificationHandle)parent).Signature)),
        _ => false,
    };

    // A generic type that is made of others: the byte after the two marks says which it is.
    private bool IsInstanceOfTheAssembly(BlobReader signature) =>
        signature.ReadSignatureTypeCode() == SignatureTypeCode.GenericTypeInstance
        && signature.ReadByte() > 0
        && signature.ReadTypeHandle() is { Kind: HandleKind.TypeReference } generic
        && IsOfTheAssembly((TypeReferenceHandle)generic);

    private string Describe(MemberReference member)
    {
        var type = member.Parent.Kind == HandleKind.TypeReference
            ? GetTypeFromReference(_metadata, (TypeReferenceHandle)member.Parent, 0)
            : GetTypeFromSpecification(_metadata, null, (TypeSpecificationHandle)member.Parent, 0);
        var name = _metadata.GetString(member.Name);
        if (member.GetKind() == MemberReferenceKind.Field)
        {
            return $"{type}.{name} : {member.DecodeFieldSignature(this, null)}";
        }

        var signature = member.DecodeMethodSignature(this, null);
        return $"{type}.{name}({string.Join(", ", signature.ParameterTypes)}) : {signature.ReturnType}";
    }
}
