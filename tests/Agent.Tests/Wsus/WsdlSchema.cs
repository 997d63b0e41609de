using System.Xml;
using System.Xml.Linq;
using System.Xml.Schema;
using WsusDashboard.Agent.Tests.Support;

namespace WsusDashboard.Agent.Tests.Wsus;

/// <summary>The schemas inside the real WSDL of the administration service.</summary>
internal static class WsdlSchema
{
    private static readonly XNamespace Schema = "http://www.w3.org/2001/XMLSchema";

    public static XmlSchemaSet Load()
    {
        var schemas = new XmlSchemaSet { XmlResolver = null };
        foreach (var schema in XDocument.Load(ReferenceData.Find("ApiRemoting30.wsdl")).Descendants(Schema + "schema"))
        {
            using var reader = schema.CreateReader();
            schemas.Add(schema.Attribute("targetNamespace")!.Value, reader);
        }

        schemas.Compile();
        return schemas;
    }

    public static IReadOnlyList<string> Validate(XElement body, XmlSchemaSet schemas)
    {
        List<string> errors = [];

        // Written and read again, so that what is checked is what goes over the wire.
        using var reader = XmlReader.Create(new StringReader(body.ToString()), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
        XDocument.Load(reader).Validate(schemas, (_, problem) => errors.Add(problem.Message));
        return errors;
    }
}
