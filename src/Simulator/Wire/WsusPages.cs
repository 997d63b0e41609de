using System.Globalization;
using System.Text;
using WsusDashboard.Simulator.Model;

namespace WsusDashboard.Simulator.Wire;

/// <summary>What a browser or a client's first question gets.</summary>
/// <param name="StatusCode">HTTP status.</param>
/// <param name="Body">UTF-8; a page of HTML, or empty.</param>
/// <param name="Wait">How long the worker takes for it.</param>
internal sealed record PageReply(int StatusCode, byte[] Body, TimeSpan Wait);

/// <summary>
/// The pages of one simulated WSUS, asked by GET: the help pages of its web services, the empty file that anybody may read, and the error pages of IIS and
/// HTTP.sys. A stopped pool, a worker that cannot load what it is told to, a full queue and a cold worker show here as they would to a client.
/// </summary>
internal sealed class WsusPages(ServerModel model)
{
    private const string ContentFile = "/Content/anonymousCheckFile.txt";
    private const string Administration = "/ApiRemoting30/WebService.asmx";

    private static readonly string[] Services = ["/ClientWebService/client.asmx", "/SimpleAuthWebService/SimpleAuth.asmx", "/ReportingWebService/ReportingWebService.asmx"];

    /// <summary>"Require SSL" stands on these where WSUS uses TLS; files and reports stay open (care.md, section 2).</summary>
    private static readonly string[] RequireTls = ["/ClientWebService/", "/SimpleAuthWebService/", "/ApiRemoting30/"];

    private long _asked;

    /// <summary>Answers a question; null where nobody listens and the connection is to be dropped.</summary>
    /// <param name="path">As it came.</param>
    /// <param name="isTls">Over which port it came.</param>
    public PageReply? Answer(string path, bool isTls)
    {
        switch (model.Answer)
        {
            case WebAnswer.NoListener:
                return null;
            case WebAnswer.Unavailable:
                return new PageReply(503, WsusSoapHandler.ServiceUnavailablePage(), TimeSpan.Zero);

            // Compression is global: each address of the site answers so.
            case WebAnswer.Broken:
                return new PageReply(500, WsusSoapHandler.CannotLoadPage(), TimeSpan.Zero);
        }

        if (IsRefusedWithoutTls(path, isTls))
        {
            return Error(403, 4, "Forbidden", "The page you are trying to access is secured with Secure Sockets Layer (SSL).");
        }

        return path switch
        {
            _ when Is(path, ContentFile) => new PageReply(200, [], TimeSpan.Zero),
            _ when Is(path, Administration) => Error(401, 2, "Unauthorized", "You are not authorized to view this page due to invalid authentication headers."),
            _ when Services.Any(service => Is(path, service)) => new PageReply(200, HelpPage(path), Wait()),
            _ => Error(404, 0, "Not Found", "The resource you are looking for has been removed, had its name changed, or is temporarily unavailable."),
        };
    }

    /// <summary>True where the web site wants TLS for this address and the question came without.</summary>
    public bool IsRefusedWithoutTls(string path, bool isTls) =>
        !isTls && model.Profile.CertificateDays is not null && RequireTls.Any(prefix => path.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));

    /// <summary>A page of IIS as a request from the server itself gets it: with sub-status.</summary>
    public static PageReply Error(int status, int subStatus, string reason, string text) => new(
        status,
        Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"<!DOCTYPE html><html><head><title>IIS 10.0 Detailed Error - {status}.{subStatus} - {reason}</title></head><body><h3>HTTP Error {status}.{subStatus} - {reason}</h3><h4>{text}</h4></body></html>")),
        TimeSpan.Zero);

    private static bool Is(string path, string known) => string.Equals(path, known, StringComparison.OrdinalIgnoreCase);

    private static byte[] HelpPage(string path) => Encoding.UTF8.GetBytes(
        $"<html><head><title>{Path.GetFileNameWithoutExtension(path)} Web Service</title></head><body><p>The following operations are supported. For a formal definition, please review the Service Description.</p></body></html>");

    /// <summary>The wait in the queue, and what a slow database adds: no two answers take the same.</summary>
    private TimeSpan Wait() => model.ClientWait(0.7 + (0.6 * model.Profile.Draw.Fraction("client wait", Interlocked.Increment(ref _asked))));
}
