using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;

namespace GoNoGo.Detection.Detectors.Features;

/// <summary>What one call of scoring works in; lent again to the next, so that none allocates managed memory in the steady state.</summary>
/// <param name="levels">Levels of the backbone that are used.</param>
public sealed class ScoringRoom(int levels)
{
    /// <summary>Owns all tensors of the call.</summary>
    internal TensorScope Scope { get; } = new();

    /// <summary>The features of the batch, a level each, <c>[B, D, h, w]</c>.</summary>
    internal Tensor[] Levels { get; } = new Tensor[levels];

    /// <summary>The patch scores of each level on its own grid, <c>[B, h, w]</c>, for detectors that judge levels apart.</summary>
    internal Tensor[] LevelScores { get; } = new Tensor[levels];

    /// <summary>The patches of the batch, <c>[B h w, D]</c>; undefined before they are stacked.</summary>
    internal Tensor Rows { get; set; }

    /// <summary>What the detector wants to know again when it makes image scores.</summary>
    internal Tensor Notes { get; set; }

    /// <summary>Rooms that are not lent.</summary>
    internal sealed class Pool(int levels) : IDisposable
    {
        private readonly Stack<ScoringRoom> _free = new();
        private readonly Lock _lock = new();

        public ScoringRoom Rent()
        {
            lock (_lock)
            {
                return _free.Count > 0 ? _free.Pop() : new ScoringRoom(levels);
            }
        }

        public void Return(ScoringRoom room)
        {
            room.Scope.Reset();
            lock (_lock)
            {
                _free.Push(room);
            }
        }

        public void Dispose()
        {
            lock (_lock)
            {
                while (_free.Count > 0)
                {
                    _free.Pop().Scope.Dispose();
                }
            }
        }
    }
}
