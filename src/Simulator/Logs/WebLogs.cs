using System.Globalization;
using System.Text;
using WsusDashboard.Simulator.Configuration;

namespace WsusDashboard.Simulator.Logs;

/// <summary>The logs of HTTP.sys and of WSUS's site on disk: of all requests only those of the site that failed, in the columns that Windows writes by default.</summary>
/// <remarks>Lines are gathered by the model under its gate and written by <see cref="Flush"/> outside of it. One thread flushes.</remarks>
/// <param name="httpDirectory">Where HTTP.sys has its folder HTTPERR.</param>
/// <param name="siteDirectory">Where each web site has its folder.</param>
internal sealed class WebLogs(string httpDirectory, string siteDirectory)
{
    private const string Service = "/ApiRemoting30/WebService.asmx";
    private const string Address = "::1";
    private const int Port = 8530;
    private const string SiteColumns = "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken";
    private const string HttpColumns = "#Fields: date time c-ip c-port s-ip s-port cs-version cs-method cs-uri streamid sc-status s-siteid s-reason s-queuename";

    /// <summary>ERROR_MOD_NOT_FOUND.</summary>
    private const int ModuleNotFound = 126;

    private readonly Dictionary<string, (string Columns, StringBuilder Lines)> _pending = [];
    private readonly Lock _gate = new();

    /// <summary>HTTP.sys answers 503 itself, because no worker takes the request.</summary>
    public void Refused(DateTimeOffset at) => Add(
        Path.Combine(httpDirectory, "HTTPERR", "httperr1.log"),
        HttpColumns,
        at,
        $"{Address} {50_000 + at.Second} {Address} {Port} HTTP/1.1 POST {Service} - 503 {ApplicationHostTemplate.WsusSiteId} AppOffline {ApplicationHostTemplate.WsusPoolName}");

    /// <summary>The worker cannot load a library and answers 500.19.</summary>
    public void Broken(DateTimeOffset at) => Add(
        Path.Combine(siteDirectory, string.Create(CultureInfo.InvariantCulture, $"W3SVC{ApplicationHostTemplate.WsusSiteId}"), string.Create(CultureInfo.InvariantCulture, $"u_ex{at.UtcDateTime:yyMMdd}.log")),
        SiteColumns,
        at,
        $"{Address} POST {Service} - {Port} - {Address} Mozilla/4.0+(compatible;+MSIE+6.0;+MS+Web+Services+Client+Protocol+4.0.30319.42000) - 500 19 {ModuleNotFound} 2");

    /// <summary>Writes what was gathered. What cannot be written is given up: a request more or less changes nothing.</summary>
    public void Flush()
    {
        List<(string Path, string Columns, string Lines)> pieces;
        lock (_gate)
        {
            pieces = [.. _pending.Select(piece => (piece.Key, piece.Value.Columns, piece.Value.Lines.ToString()))];
            _pending.Clear();
        }

        foreach (var (path, columns, lines) in pieces)
        {
            try
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                var head = File.Exists(path) ? "" : $"#Version: 1.0\r\n{columns}\r\n";
                using var stream = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
                stream.Write(Encoding.UTF8.GetBytes(head + lines));
            }
            catch (IOException)
            {
            }
        }
    }

    private void Add(string path, string columns, DateTimeOffset at, FormattableString line)
    {
        lock (_gate)
        {
            if (!_pending.TryGetValue(path, out var piece))
            {
                _pending[path] = piece = (columns, new StringBuilder());
            }

            piece.Lines.Append(CultureInfo.InvariantCulture, $"{at.UtcDateTime:yyyy-MM-dd HH:mm:ss} ").Append(line.ToString(CultureInfo.InvariantCulture)).Append("\r\n");
        }
    }
}
