using System.Xml;
using System.Xml.Linq;
using System.Xml.Schema;
using WsusDashboard.Simulator.Wire;

namespace WsusDashboard.Simulator.Tests.Wire;

/// <summary>The schemas in the WSDL of the real service.</summary>
internal sealed class WsdlSchema
{
    private static readonly XNamespace Xsd = "http://www.w3.org/2001/XMLSchema";
    private static readonly XNamespace Soap = WsusReplies.SoapNamespace;
    private readonly XmlSchemaSet _schemas = new();

    public WsdlSchema()
    {
        foreach (var schema in XDocument.Load(SharedMaterial.Find("ApiRemoting30.wsdl")).Descendants(Xsd + "schema"))
        {
            using var reader = schema.CreateReader();
            _schemas.Add(null, reader);
        }

        _schemas.Compile();
    }

    /// <summary>The content of the body of an envelope, after it was found valid.</summary>
    public XElement Validate(byte[] envelope)
    {
        using var stream = new MemoryStream(envelope);
        var body = XDocument.Load(stream).Root!.Element(Soap + "Body")!.Elements().Single();
        var declaration = _schemas.GlobalElements[new XmlQualifiedName(body.Name.LocalName, body.Name.NamespaceName)];
        Assert.NotNull(declaration);
        var errors = new List<string>();
        body.Validate(declaration, _schemas, (_, problem) => errors.Add(problem.Message));
        Assert.Empty(errors);
        return body;
    }
}
