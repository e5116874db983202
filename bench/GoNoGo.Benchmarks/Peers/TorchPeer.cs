using System.Diagnostics;
using System.Globalization;

namespace GoNoGo.Benchmarks.Peers;

/// <summary>PyTorch in a script of <c>bench/peers</c> that times its own calls when asked: see <c>serve.py</c>.</summary>
internal sealed class TorchPeer : IDisposable
{
    private readonly Process _process;

    private TorchPeer(string name, Process process)
    {
        Name = name;
        _process = process;
    }

    /// <summary>What is said of it in tables.</summary>
    public string Name { get; }

    /// <summary>Starts PyTorch once for each of its BLAS's core types; none where Python, PyTorch or the script is missing.</summary>
    /// <param name="script">File name in <c>bench/peers</c>.</param>
    /// <param name="threads">Threads that PyTorch may use.</param>
    public static IReadOnlyList<TorchPeer> StartAll(string script, int threads)
    {
        string? path = PeerScripts.Find(script);
        var peers = new List<TorchPeer>();
        foreach (string core in path is null ? [] : new[] { "", "SkylakeX", "Haswell" })
        {
            var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("GONOGO_PYTHON") ?? "/usr/bin/python3", [path!])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            start.Environment["OMP_NUM_THREADS"] = threads.ToString(CultureInfo.InvariantCulture);
            start.Environment["OMP_WAIT_POLICY"] = "PASSIVE";
            if (core.Length > 0)
            {
                start.Environment["OPENBLAS_CORETYPE"] = core;
            }

            try
            {
                peers.Add(new TorchPeer("PyTorch" + (core.Length > 0 ? " " + core : ""), Process.Start(start)!));
            }
            catch (System.ComponentModel.Win32Exception)
            {
                break;
            }
        }

        return [.. peers.Where(peer => peer.IsAlive())];
    }

    /// <summary>Makes the inputs of a case and calls it once; false when the script ended (a core type that this processor does not have).</summary>
    public bool TryPrepare(string name)
    {
        try
        {
            Ask($"prepare {name}");
            Run(0.1, cpuTime: false);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Seconds per call, over about so many seconds.</summary>
    public double Run(double seconds, bool cpuTime) =>
        double.Parse(Ask(string.Create(CultureInfo.InvariantCulture, $"run {seconds} {(cpuTime ? "cpu" : "wall")}")), CultureInfo.InvariantCulture);

    public void Dispose()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended before; there is nothing to tell it.
        }

        _process.WaitForExit();
        _process.Dispose();
    }

    /// <summary>A script that cannot import what it needs ends before it answers.</summary>
    private bool IsAlive()
    {
        try
        {
            Ask("hello");
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private string Ask(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
        return _process.StandardOutput.ReadLine() ?? throw new IOException($"{Name} ended while it was asked '{line}'.");
    }
}
