using System.Reflection;
using Google.Protobuf;
using WsusDashboard.Shared.Contract.Mapping;

namespace WsusDashboard.Shared.Tests.Contract;

/// <summary>A domain record and its message, found from the mapping itself, so that a new pair is tested without being listed.</summary>
internal sealed record WirePair(Type Domain, Type Message, MethodInfo ToDomainMethod, MethodInfo ToWireMethod)
{
    public static IReadOnlyList<WirePair> All { get; } = [.. Find().OrderBy(pair => pair.Domain.Name, StringComparer.Ordinal)];

    public static WirePair Of(string domainName) => All.Single(pair => pair.Domain.Name == domainName);

    public IMessage NewMessage() => (IMessage)Activator.CreateInstance(Message)!;

    public object ToDomain(IMessage message) => ToDomainMethod.Invoke(null, [message])!;

    public IMessage ToWire(object domain) => (IMessage)ToWireMethod.Invoke(null, [domain])!;

    private static IEnumerable<WirePair> Find()
    {
        var methods = typeof(WireMapping).GetMethods(BindingFlags.Public | BindingFlags.Static);
        foreach (var toDomain in methods.Where(method => method.Name == "ToDomain"))
        {
            var message = toDomain.GetParameters()[0].ParameterType;
            var toWire = methods.Single(method => method.Name == "ToWire" && method.ReturnType == message && method.GetParameters()[0].ParameterType == toDomain.ReturnType);
            yield return new WirePair(toDomain.ReturnType, message, toDomain, toWire);
        }
    }
}
