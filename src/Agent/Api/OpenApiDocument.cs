using System.Text.Json.Nodes;
using Google.Api;
using Google.Protobuf.Reflection;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Agent.Api;

/// <summary>The OpenAPI 3.1 document of the HTTP/JSON side, made from the descriptors of the contract, so that it cannot drift from it.</summary>
internal sealed class OpenApiDocument
{
    private readonly ProtoComments _comments = ProtoComments.Load();
    private readonly OpenApiSchemas _schemas;

    public OpenApiDocument() => _schemas = new OpenApiSchemas(_comments);

    public JsonObject Create(string version)
    {
        var service = Wire.AgentReflection.Descriptor.Services.Single();
        var paths = new JsonObject();
        foreach (var method in service.Methods)
        {
            var rule = method.GetOptions()?.GetExtension(AnnotationsExtensions.Http);
            if (rule is not null)
            {
                Add(paths, method, rule, "");
                for (var index = 0; index < rule.AdditionalBindings.Count; index++)
                {
                    Add(paths, method, rule.AdditionalBindings[index], (index + 2).ToString(System.Globalization.CultureInfo.InvariantCulture));
                }
            }
        }

        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject { ["title"] = "WsusDashboard agent", ["version"] = version, ["description"] = _comments.Of(service.FullName) },
            ["paths"] = paths,
            ["components"] = new JsonObject { ["schemas"] = _schemas.Collected() },
        };
    }

    private void Add(JsonObject paths, MethodDescriptor method, HttpRule rule, string suffix)
    {
        var (verb, path) = rule.PatternCase == HttpRule.PatternOneofCase.Get ? ("get", rule.Get) : ("post", rule.Post);
        var inPath = method.InputType.Fields.InDeclarationOrder().Where(field => path.Contains($"{{{field.Name}}}", StringComparison.Ordinal)).ToList();
        var others = method.InputType.Fields.InDeclarationOrder().Except(inPath).ToList();
        var operation = new JsonObject
        {
            ["operationId"] = method.Name + suffix,
            ["summary"] = _comments.Of(method.FullName),
            ["parameters"] = Parameters(inPath, verb == "get" ? others : []),
        };
        if (verb == "post")
        {
            // The verb stands in the path.
            operation["requestBody"] = Body(_schemas.Inline([.. others.Where(field => field.Name != "verb")]));
        }

        operation["responses"] = Responses(method);
        if (paths[path] is not JsonObject item)
        {
            paths[path] = item = [];
        }

        item[verb] = operation;
    }

    private JsonArray Parameters(List<FieldDescriptor> inPath, List<FieldDescriptor> inQuery) =>
        [.. inPath.Select(field => Parameter(field, "path")), .. inQuery.Select(field => Parameter(field, "query"))];

    private JsonObject Parameter(FieldDescriptor field, string place) => new()
    {
        ["name"] = place == "path" ? field.Name : field.JsonName,
        ["in"] = place,
        ["required"] = place == "path",
        ["description"] = _comments.Of(field.FullName),
        ["schema"] = _schemas.Of(field),
    };

    private static JsonObject Body(JsonObject schema) => new()
    {
        ["content"] = new JsonObject { ["application/json"] = new JsonObject { ["schema"] = schema } },
    };

    private JsonObject Responses(MethodDescriptor method)
    {
        var success = new JsonObject
        {
            ["description"] = method.IsServerStreaming ? "One JSON object a line, as they come." : "Done.",
            ["content"] = new JsonObject { ["application/json"] = new JsonObject { ["schema"] = _schemas.Reference(method.OutputType) } },
        };
        return new JsonObject
        {
            ["200"] = success,
            ["400"] = Problem("A field is wrong; \"errors\" names each, with what is allowed. Nothing was started."),
            ["403"] = Problem("The local policy, or the state of the server, refuses it."),
            ["404"] = Problem("Not found."),
            ["409"] = Problem("Something else goes on, or the server has changed since the plan."),
            ["503"] = Problem("Windows, IIS, WSUS or the agent's store does not answer."),
        };
    }

    private static JsonObject Problem(string description) => new()
    {
        ["description"] = description,
        ["content"] = new JsonObject { ["application/problem+json"] = new JsonObject { ["schema"] = new JsonObject { ["$ref"] = OpenApiSchemas.ProblemReference } } },
    };
}
