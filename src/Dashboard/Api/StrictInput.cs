using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using WsusDashboard.Dashboard.Kernel;

namespace WsusDashboard.Dashboard.Api;

/// <summary>
/// Refuses what the framework's binding and validation let pass or don't name: an unknown name, a name given twice, a value of another type.
/// What is wrong is left out before the endpoint binds, so the rest is still bound and validated, and one answer names every mistake.
/// </summary>
internal static class StrictInput
{
    private const int MaximumBodyBytes = 64 * 1024;

    private static readonly object ErrorsKey = new();

    /// <summary>Holds for every endpoint of the group; what they take is read from their own metadata.</summary>
    public static RouteGroupBuilder WithStrictInput(this RouteGroupBuilder group)
    {
        ((IEndpointConventionBuilder)group).Add(endpoint =>
        {
            var bind = endpoint.RequestDelegate!;
            endpoint.RequestDelegate = async context =>
            {
                List<FieldError> errors = [];
                ReadQuery(context, errors);
                if (context.GetEndpoint()?.Metadata.GetMetadata<IAcceptsMetadata>() is { RequestType: not null } body && await ReadBodyAsync(context, body, errors) is { } unreadable)
                {
                    await unreadable.ToProblem().ExecuteAsync(context);
                    return;
                }

                context.Items[ErrorsKey] = errors;
                await bind(context);
            };
        });
        return group.AddEndpointFilter(async (call, next) => ErrorsOf(call.HttpContext) is { Count: > 0 } errors ? Invalid.Of(errors).ToProblem() : await next(call));
    }

    /// <summary>Gives an answer about invalid input the names as the request has them, and the mistakes that were found before validation.</summary>
    public static void Complete(HttpContext context, HttpValidationProblemDetails problem)
    {
        var errors = ErrorsOf(context).GroupBy(error => error.Field).ToDictionary(field => field.Key, field => field.Select(error => error.Message).ToArray());
        foreach (var (name, messages) in problem.Errors)
        {
            errors.TryAdd(NameOf(name), messages);
        }

        problem.Errors = errors;
        problem.Title = "The request isn't valid. Nothing was changed.";
        problem.Detail = string.Join(' ', errors.SelectMany(error => error.Value));
    }

    public static string NameOf(string member) => JsonNamingPolicy.CamelCase.ConvertName(member);

    private static List<FieldError> ErrorsOf(HttpContext context) => context.Items[ErrorsKey] as List<FieldError> ?? [];

    private static void ReadQuery(HttpContext context, List<FieldError> errors)
    {
        var endpoint = (RouteEndpoint)context.GetEndpoint()!;
        var parameters = endpoint.Metadata.GetOrderedMetadata<IParameterBindingMetadata>()
            .Where(parameter => IsValue(parameter.ParameterInfo.ParameterType) && endpoint.RoutePattern.GetParameter(parameter.Name) is null)
            .ToDictionary(parameter => NameOf(parameter.Name), parameter => parameter.ParameterInfo);
        var values = new Dictionary<string, StringValues>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, given) in context.Request.Query)
        {
            if (!parameters.TryGetValue(name, out var parameter))
            {
                errors.Add(new(name, $"There is no parameter \"{name}\". Allowed: {AllowedNames(parameters.Keys)}."));
            }
            else if (given.Count > 1)
            {
                errors.Add(new(name, $"\"{name}\" is given {given.Count} times. Allowed: once."));
            }
            else if (given[0] is { Length: > 0 } text)
            {
                if (Read(parameter.ParameterType, text) is { } value)
                {
                    values[name] = value;
                }
                else
                {
                    errors.Add(new(name, $"\"{text}\" is not allowed for \"{name}\". Allowed: {Allowed(parameter.ParameterType, parameter)}."));
                }
            }
        }

        context.Request.Query = new QueryCollection(values);
    }

    /// <summary>The failure where the body is no JSON object at all; else null, and its mistakes are added to <paramref name="errors"/>.</summary>
    private static async Task<Invalid?> ReadBodyAsync(HttpContext context, IAcceptsMetadata accepts, List<FieldError> errors)
    {
        var buffer = new byte[MaximumBodyBytes + 1];
        var length = await context.Request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, context.RequestAborted);
        if (length > MaximumBodyBytes)
        {
            return Invalid.Of("body", $"The body is longer than {MaximumBodyBytes} bytes.");
        }

        if (length == 0 && !accepts.IsOptional)
        {
            return Invalid.Of("body", "The body is missing. Allowed: a JSON object.");
        }

        try
        {
            using var document = length == 0 ? JsonDocument.Parse("{}") : JsonDocument.Parse(buffer.AsMemory(0, length));
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                return Invalid.Of("body", $"The body is {Describe(document.RootElement)}. Allowed: a JSON object.");
            }

            var options = context.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
            context.Request.Body = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(ReadMembers(document.RootElement, accepts.RequestType!, options, errors)));
            return null;
        }
        catch (JsonException exception)
        {
            return Invalid.Of("body", $"The body is not JSON (line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}).");
        }
        catch (InvalidOperationException)
        {
            // Its form is JSON, but a name or a text in it is not UTF-8, or holds half a character.
            return Invalid.Of("body", "The body contains text that isn't valid UTF-8. Allowed: a JSON object in UTF-8.");
        }
    }

    /// <summary>The members that can be bound.</summary>
    private static Dictionary<string, JsonElement> ReadMembers(JsonElement body, Type type, JsonSerializerOptions options, List<FieldError> errors)
    {
        var known = options.GetTypeInfo(type).Properties.ToDictionary(property => property.Name);
        var members = new Dictionary<string, JsonElement>();
        foreach (var member in body.EnumerateObject())
        {
            if (!known.TryGetValue(member.Name, out var property))
            {
                errors.Add(new(member.Name, $"There is no field \"{member.Name}\". Allowed: {AllowedNames(known.Keys)}."));
            }
            else if (!members.TryAdd(member.Name, member.Value))
            {
                errors.Add(new(member.Name, $"\"{member.Name}\" is given twice. Allowed: once."));
            }
            else if (!CanRead(member.Value, property.PropertyType, options))
            {
                members[member.Name] = default;
                errors.Add(new(member.Name, $"\"{member.Name}\" is {Describe(member.Value)}. Allowed: {Allowed(property.PropertyType, property.AttributeProvider!)}."));
            }
        }

        return members.Where(member => member.Value.ValueKind != JsonValueKind.Undefined).ToDictionary();
    }

    private static bool CanRead(JsonElement value, Type type, JsonSerializerOptions options)
    {
        try
        {
            _ = value.Deserialize(type, options);
            return true;
        }
        catch (JsonException) when (value.ValueKind != JsonValueKind.String || type != typeof(string))
        {
            return false;
        }
        catch (JsonException exception)
        {
            throw new InvalidOperationException("The text isn't valid.", exception);
        }
    }

    private static bool IsValue(Type type) => type == typeof(string) || ValueOf(type) is { IsEnum: true } or { IsPrimitive: true } || ValueOf(type) == typeof(DateOnly) || ValueOf(type) == typeof(DateTimeOffset);

    private static Type ValueOf(Type type) => Nullable.GetUnderlyingType(type) ?? type;

    /// <summary>The value as the framework's binder reads it; null where it is none of this type.</summary>
    private static string? Read(Type type, string text)
    {
        type = ValueOf(type);
        return type == typeof(string) ? text
            : type.IsEnum ? Array.Find(Enum.GetNames(type), name => NameOf(name) == text)
            : type == typeof(bool) ? text is "true" or "false" ? text : null
            : type == typeof(int) ? int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) ? text : null
            : type == typeof(DateOnly) ? DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _) ? text : null
            : type == typeof(DateTimeOffset) ? DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time.ToString("O", CultureInfo.InvariantCulture) : null
            : throw new ArgumentOutOfRangeException(nameof(type), type, "Parameters of this type are not read yet.");
    }

    private static string Allowed(Type type, ICustomAttributeProvider attributes)
    {
        type = ValueOf(type);
        return attributes.GetCustomAttributes(typeof(RangeAttribute), inherit: true) is [RangeAttribute range, ..] ? $"{range.Minimum} to {range.Maximum}"
            : attributes.GetCustomAttributes(typeof(AllowedValuesAttribute), inherit: true) is [AllowedValuesAttribute words, ..] ? string.Join(", ", words.Values.OfType<string>())
            : type.IsEnum ? string.Join(", ", Enum.GetNames(type).Select(NameOf))
            : type == typeof(string) ? "text"
            : type == typeof(bool) ? "true or false"
            : type == typeof(int) ? "a whole number"
            : type == typeof(DateOnly) ? "a day, for example 2026-01-31"
            : type == typeof(DateTimeOffset) ? "a time in ISO 8601, for example 2026-01-31T06:00:00Z"
            : type.IsAssignableTo(typeof(IEnumerable<int>)) ? "a list of whole numbers"
            : type.IsAssignableTo(typeof(IEnumerable<string>)) ? "a list of texts"
            : type.IsGenericType && type.GetGenericArguments()[0] is { IsEnum: true } named ? $"a list of {string.Join(", ", Enum.GetNames(named).Select(NameOf))}"
            : "a list of objects";
    }

    private static string AllowedNames(IReadOnlyCollection<string> names) => names.Count == 0 ? "none" : string.Join(", ", names);

    private static string Describe(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Number => "a number",
        JsonValueKind.String => "text",
        JsonValueKind.True or JsonValueKind.False => "true or false",
        JsonValueKind.Array => "a list",
        JsonValueKind.Object => "an object",
        JsonValueKind.Null or JsonValueKind.Undefined => "null",
        _ => throw new ArgumentOutOfRangeException(nameof(element), element.ValueKind, null),
    };
}
