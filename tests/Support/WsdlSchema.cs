using System.Xml;
using System.Xml.Linq;
using System.Xml.Schema;

namespace WsusDashboard.Support;

/// <summary>The schemas inside the real WSDL of WSUS's administration service.</summary>
public static class WsdlSchema
{
    private static readonly XNamespace Xsd = "http://www.w3.org/2001/XMLSchema";
    private static readonly XNamespace Soap = "http://schemas.xmlsoap.org/soap/envelope/";
    private static readonly Lazy<XmlSchemaSet> Schemas = new(Load);

    /// <summary>What is wrong with the content of a SOAP body: a request or a reply.</summary>
    public static IReadOnlyList<string> Validate(XElement content)
    {
        if (Schemas.Value.GlobalElements[new XmlQualifiedName(content.Name.LocalName, content.Name.NamespaceName)] is not { } declaration)
        {
            return [$"The WSDL declares no element {content.Name}."];
        }

        // In its place in the envelope: values such as xsi:type="xsd:int" use prefixes that are declared above it.
        List<string> errors = [];
        content.Validate(declaration, Schemas.Value, (_, problem) => errors.Add(problem.Message));
        return errors;
    }

    /// <summary>The content of the body of an envelope, after it was found valid.</summary>
    public static XElement ReadValid(byte[] envelope)
    {
        using var stream = new MemoryStream(envelope);
        var content = XDocument.Load(stream).Root!.Element(Soap + "Body")!.Elements().Single();
        Assert.Empty(Validate(content));
        return content;
    }

    private static XmlSchemaSet Load()
    {
        var schemas = new XmlSchemaSet { XmlResolver = null };
        foreach (var schema in XDocument.Load(SharedMaterial.Find("ApiRemoting30.wsdl")).Descendants(Xsd + "schema"))
        {
            using var reader = schema.CreateReader();
            schemas.Add(null, reader);
        }

        schemas.Compile();
        return schemas;
    }
}
