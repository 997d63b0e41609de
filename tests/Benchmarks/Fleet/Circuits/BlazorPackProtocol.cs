using Microsoft.AspNetCore.SignalR.Protocol;

namespace WsusDashboard.Benchmarks.Fleet.Circuits;

/// <summary>The protocol of Blazor's circuits is SignalR's MessagePack under another name, with numbers, texts and bytes alone.</summary>
internal sealed class BlazorPackProtocol : MessagePackHubProtocol, IHubProtocol
{
    string IHubProtocol.Name => "blazorpack";
}
