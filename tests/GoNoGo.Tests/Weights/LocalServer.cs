using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace GoNoGo.Tests.Weights;

/// <summary>A request as it came over the wire.</summary>
/// <param name="Path">With '/'.</param>
/// <param name="Headers">By lower-case name.</param>
public sealed record ServerRequest(string Path, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>The first byte of <c>Range: bytes=N-</c>, or null.</summary>
    public long? RangeStart => Headers.TryGetValue("range", out string? range) && range.StartsWith("bytes=", StringComparison.Ordinal)
        ? long.Parse(range[6..].TrimEnd('-'), CultureInfo.InvariantCulture)
        : null;
}

/// <summary>What the server answers, and how it misbehaves.</summary>
public sealed record ServerAnswer(int Status, byte[] Body)
{
    public IReadOnlyList<string> Headers { get; init; } = [];

    /// <summary>Close the connection after so many bytes of the body.</summary>
    public int CutAfter { get; init; } = int.MaxValue;

    /// <summary>Send nothing more after so many bytes of the body, and keep the connection.</summary>
    public int StallAfter { get; init; } = int.MaxValue;

    /// <summary>Whether the length of the body is told.</summary>
    public bool TellsLength { get; init; } = true;

    /// <summary>A file that can be asked for in parts.</summary>
    public static ServerAnswer File(ServerRequest request, byte[] content, string tag = "\"v1\"")
    {
        if (request.RangeStart is { } start && request.Headers.GetValueOrDefault("if-range") == tag)
        {
            return start >= content.Length
                ? new ServerAnswer(416, []) { Headers = [$"Content-Range: bytes */{content.Length}"] }
                : new ServerAnswer(206, content[(int)start..]) { Headers = [$"ETag: {tag}", $"Content-Range: bytes {start}-{content.Length - 1}/{content.Length}"] };
        }

        return new ServerAnswer(200, content) { Headers = [$"ETag: {tag}"] };
    }
}

/// <summary>A small HTTP/1.1 server on this machine, one request a connection.</summary>
public sealed class LocalServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<ServerRequest, ServerAnswer> _answer;
    private readonly CancellationTokenSource _end = new();
    private readonly List<ServerRequest> _requests = [];

    public LocalServer(Func<ServerRequest, ServerAnswer> answer)
    {
        _answer = answer;
        _listener.Start();
        _ = Task.Run(AcceptAsync);
    }

    /// <summary>The requests so far.</summary>
    public IReadOnlyList<ServerRequest> Requests
    {
        get
        {
            lock (_requests)
            {
                return [.. _requests];
            }
        }
    }

    public Uri Address(string path) => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/{path}"));

    public void Dispose()
    {
        _end.Cancel();
        _listener.Stop();
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        CancellationToken end = _end.Token;
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(end);
                _ = Task.Run(() => ServeAsync(client, end), end);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private async Task ServeAsync(TcpClient client, CancellationToken end)
    {
        using (client)
        {
            try
            {
                NetworkStream stream = client.GetStream();
                ServerRequest request = await ReadAsync(stream, end);
                lock (_requests)
                {
                    _requests.Add(request);
                }

                ServerAnswer answer = _answer(request);
                var head = new StringBuilder($"HTTP/1.1 {answer.Status} X\r\nConnection: close\r\n");
                if (answer.TellsLength)
                {
                    head.Append(CultureInfo.InvariantCulture, $"Content-Length: {answer.Body.Length}\r\n");
                }

                foreach (string header in answer.Headers)
                {
                    head.Append(header).Append("\r\n");
                }

                await stream.WriteAsync(Encoding.ASCII.GetBytes(head.Append("\r\n").ToString()), end);
                int count = Math.Min(answer.Body.Length, Math.Min(answer.CutAfter, answer.StallAfter));
                await stream.WriteAsync(answer.Body.AsMemory(0, count), end);
                await stream.FlushAsync(end);
                if (answer.StallAfter < answer.Body.Length)
                {
                    await Task.Delay(Timeout.Infinite, end);
                }
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException)
            {
                // The client left, or the server ends.
            }
        }
    }

    private static async Task<ServerRequest> ReadAsync(NetworkStream stream, CancellationToken end)
    {
        using var reader = new StreamReader(stream, Encoding.ASCII, false, 1024, leaveOpen: true);
        string first = await reader.ReadLineAsync(end) ?? throw new IOException("no request");
        var headers = new Dictionary<string, string>(StringComparer.Ordinal);
        for (string? line = await reader.ReadLineAsync(end); !string.IsNullOrEmpty(line); line = await reader.ReadLineAsync(end))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            headers[line[..colon].ToLowerInvariant()] = line[(colon + 1)..].Trim();
        }

        return new ServerRequest(first.Split(' ')[1], headers);
    }
}
