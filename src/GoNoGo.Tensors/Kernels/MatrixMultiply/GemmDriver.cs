using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.Arm;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Parallel;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels;

/// <summary>
/// The blocked loops around the microkernel. One operand (the one with fewer lanes) is packed for all threads together; the lanes
/// of the other are split into items, each of which packs its own part, depth block by depth block, into the cache of
/// the core that uses it.
/// </summary>
internal static unsafe partial class GemmDriver<TSimd, TVector, TInt, TA, TB, TStore>
    where TSimd : struct, ISimd<TVector, TInt>
    where TVector : struct
    where TInt : struct
    where TA : struct, IPanelSource
    where TB : struct, IPanelSource
    where TStore : struct, ITileStore
{
    // Up to so many rows, packing the right operand costs more than it saves.
    private const int DirectRows = 12;

    // Panels packed by one item of the shared packing.
    private const int PackPanels = 4;

    /// <summary>Rows of a tile: as many as leave all sums in registers (32 of them with AVX-512 and on Arm, 16 elsewhere).</summary>
    private static int MaxPanelRows
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TSimd.Count == 16 || (TSimd.Count == 4 && AdvSimd.IsSupported) ? 12 : 6;
    }

    /// <summary>Columns of a tile: two vectors.</summary>
    private static int PanelColumns
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 2 * TSimd.Count;
    }

    public static void Run(int m, int n, int k, TA a, TB b, bool accumulate, TStore store, float* room)
    {
        if (k == 0)
        {
            FinishEmpty(m, n, accumulate, store);
            return;
        }

        bool packed = typeof(TB) == typeof(PackedPanelSource);
        bool direct = typeof(TB) == typeof(MatrixPanelSource) && m <= DirectRows && Unsafe.BitCast<TB, MatrixPanelSource>(b).LaneStride == 1;
        var plan = new GemmPlan(m, n, k, MaxPanelRows, PanelColumns, packed, direct, isAlone: room is not null);
        int sharedTotal = plan.SharesLeft ? m : n;
        int sharedWidth = plan.SharesLeft ? plan.PanelRows : PanelColumns;
        bool packsShared = plan.SharesLeft || !packed;
        TensorStorage? storage = packsShared && room is null
            ? MemoryPool.Shared.Rent((long)Align(Math.Min(plan.SharedLanes, sharedTotal), sharedWidth) * plan.SharedDepth)
            : null;
        try
        {
            var job = new Job
            {
                Plan = plan,
                Rows = m,
                Columns = n,
                Depth = k,
                A = a,
                B = b,
                Store = store,
                Accumulate = accumulate,
                Direct = direct,
                Shared = storage is null ? room : storage.Pointer,
                Room = room,
            };

            for (int lane = 0; lane < sharedTotal; lane += plan.SharedLanes)
            {
                job.SharedLane0 = lane;
                job.SharedLaneCount = Math.Min(plan.SharedLanes, sharedTotal - lane);
                for (int depth = 0; depth < k; depth += plan.SharedDepth)
                {
                    job.Depth0 = depth;
                    job.DepthCount = Math.Min(plan.SharedDepth, k - depth);
                    if (packsShared)
                    {
                        var packing = new Packing { Job = job };
                        int items = packing.ItemCount;
                        if (room is not null || (long)job.SharedLaneCount * job.DepthCount < 16384)
                        {
                            for (int item = 0; item < items; item++)
                            {
                                packing.Invoke(item);
                            }
                        }
                        else
                        {
                            Workers.For(items, packing);
                        }
                    }

                    if (room is null)
                    {
                        Workers.For(plan.Chunks, job);
                        continue;
                    }

                    for (int chunk = 0; chunk < plan.Chunks; chunk++)
                    {
                        job.Invoke(chunk);
                    }
                }
            }
        }
        finally
        {
            if (storage is not null)
            {
                MemoryPool.Shared.Return(storage);
            }
        }
    }

    private static int Align(int value, int multiple) => (value + multiple - 1) / multiple * multiple;

    private static void FinishEmpty(int m, int n, bool accumulate, TStore store)
    {
        if (!accumulate)
        {
            float* zeros = stackalloc float[64];
            new Span<float>(zeros, 64).Clear();
            for (int row = 0; row < m; row++)
            {
                for (int column = 0; column < n; column += PanelColumns)
                {
                    store.Store<TSimd, TVector, TInt>(zeros, 0, row, 1, column, Math.Min(PanelColumns, n - column), accumulate: false);
                }
            }
        }

        store.Finish<TSimd, TVector, TInt>(0, m, 0, n);
    }

    /// <summary>Packs any number of lanes, panel after panel.</summary>
    private static void PackLanes<TSource>(TSource source, int lane0, int laneCount, int depth0, int depthCount, int panelWidth, float* destination)
        where TSource : struct, IPanelSource
    {
        if (typeof(TSource) == typeof(MatrixPanelSource))
        {
            Unsafe.BitCast<TSource, MatrixPanelSource>(source).PackPanels(lane0, laneCount, depth0, depthCount, panelWidth, destination);
            return;
        }

        for (int lane = 0; lane < laneCount; lane += panelWidth)
        {
            source.Pack(lane0 + lane, Math.Min(panelWidth, laneCount - lane), depth0, depthCount, panelWidth, destination + ((nint)lane * depthCount));
        }
    }

    /// <summary>Packs the shared operand: an item is a few panels of one depth block.</summary>
    private struct Packing : IParallelBody
    {
        public Job Job;

        private readonly int Panels => (Job.SharedLaneCount + Job.SharedWidth - 1) / Job.SharedWidth;

        private readonly int Groups => (Panels + PackPanels - 1) / PackPanels;

        public readonly int ItemCount => Groups * ((Job.DepthCount + Job.Plan.DepthBlock - 1) / Job.Plan.DepthBlock);

        public readonly void Invoke(int index)
        {
            int groups = Groups;
            int width = Job.SharedWidth;
            int depth = index / groups * Job.Plan.DepthBlock;
            int depthCount = Math.Min(Job.Plan.DepthBlock, Job.DepthCount - depth);
            int first = index % groups * PackPanels;
            int lane = first * width;
            int laneCount = Math.Min(PackPanels * width, Job.SharedLaneCount - lane);
            float* destination = Job.SharedPanel(first, depth, depthCount);
            if (Job.Plan.SharesLeft)
            {
                PackLanes(Job.A, Job.SharedLane0 + lane, laneCount, Job.Depth0 + depth, depthCount, width, destination);
            }
            else
            {
                PackLanes(Job.B, Job.SharedLane0 + lane, laneCount, Job.Depth0 + depth, depthCount, width, destination);
            }
        }
    }
}
